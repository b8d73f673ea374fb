//! [`Storage`]: the root of a repository.

use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use milvus_backup_core::{Environment, Error, Result, RetryPolicy};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use crate::directory::Directory;
use crate::error::{of_disk, storage};
use crate::local::LocalDisk;
use crate::retrying::{Retries, Retrying};

/// An object store, and the local disk below it if there is one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The store with retries of transient failures.
    store: Arc<dyn ObjectStore>,
    /// The store without retries.
    bare: Arc<dyn ObjectStore>,
    /// Set by [`Storage::with_retries`]; without it, calls are made once.
    retries: Option<Retries>,
    location: String,
    disk: Option<LocalDisk>,
}

impl Storage {
    /// Opens a directory, by path or by `file://` URL. It is created on the first write.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an empty location and for a URL of another scheme.
    pub fn open(location: &str) -> Result<Self> {
        let directory = local_path(location)?;
        let bare = local_store(&directory)?;
        Ok(Self::over(bare, location, Some(LocalDisk::new(directory))))
    }

    /// Uses an object store that is already open. `location` is its name in messages.
    pub fn from_store(store: Arc<dyn ObjectStore>, location: &str) -> Self {
        Self::over(store, location, None)
    }

    fn over(bare: Arc<dyn ObjectStore>, location: &str, disk: Option<LocalDisk>) -> Self {
        let store = Arc::new(Retrying::new(Arc::clone(&bare), None));
        Self { store, bare, retries: None, location: location.to_owned(), disk }
    }

    /// Retries transient failures by this policy, with the time and the randomness of an environment. Until then, calls
    /// are made once.
    #[must_use]
    pub fn with_retries(self, policy: RetryPolicy, environment: &Environment) -> Self {
        let retries = Retries { policy, environment: environment.clone() };
        Self { retries: Some(retries), ..self }.reopened()
    }

    /// Puts the retries around the bare store.
    fn reopened(self) -> Self {
        Self { store: Arc::new(Retrying::new(Arc::clone(&self.bare), self.retries.clone())), ..self }
    }

    /// Inserts a layer between the object store and the retries: to throttle, to count, or to inject failures.
    #[must_use]
    pub fn layered(self, layer: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        Self { bare: layer(Arc::clone(&self.bare)), ..self }.reopened()
    }

    /// Returns the location as it was given, without credentials.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Returns the root as a local path; `None` for an object store.
    pub fn local_root(&self) -> Option<&FilePath> {
        self.disk.as_ref().map(LocalDisk::root)
    }

    /// Returns the objects below a path of safe segments.
    pub fn directory(&self, path: impl Into<String>) -> Directory {
        Directory::new(Arc::clone(&self.store), path)
    }

    /// Lists the names of the directories directly below `path`; empty if the path does not exist.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store cannot be listed.
    pub async fn subdirectories(&self, path: &str) -> Result<Vec<String>> {
        let prefix = Path::parse(path).map_err(|source| storage("name", path, source.into()))?;
        let listed = match self.store.list_with_delimiter(Some(&prefix)).await {
            Ok(listed) => listed,
            Err(object_store::Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(source) => return Err(storage("list", path, source)),
        };
        let names = listed.common_prefixes.iter().filter_map(|path| path.filename().map(str::to_owned));
        Ok(names.collect())
    }
}

/// Operations of a local disk. Each method documents its behaviour for an object store.
impl Storage {
    /// Returns whether the root exists. The root of an object store always does.
    ///
    /// # Errors
    /// [`Error::Storage`] if the disk cannot be read.
    pub fn exists(&self) -> Result<bool> {
        self.disk.as_ref().map_or(Ok(true), LocalDisk::exists)
    }

    /// Creates the root directory. An object store needs none.
    ///
    /// # Errors
    /// [`Error::Storage`] if the directory cannot be created.
    pub fn create(&self) -> Result<()> {
        self.disk.as_ref().map_or(Ok(()), LocalDisk::create)
    }

    /// Returns the number of free bytes; `None` for an object store, which reports no limit.
    ///
    /// # Errors
    /// [`Error::Storage`] if the file system cannot be queried.
    pub fn available_bytes(&self) -> Result<Option<u64>> {
        self.disk.as_ref().map(LocalDisk::available_bytes).transpose()
    }

    /// Checks that there is no symbolic link on the path from the root to `directory`, nor below it, since following
    /// one leads out of the root. The root itself may be one. An object store has no links.
    ///
    /// # Errors
    /// [`Error::Corrupted`] with the path of the link.
    pub async fn refuse_links(&self, directory: &str) -> Result<()> {
        match &self.disk {
            Some(disk) => disk.refuse_links(directory).await,
            None => Ok(()),
        }
    }

    /// Makes removals from a directory durable. The deletions of an object store are durable when they return.
    ///
    /// # Errors
    /// [`Error::Storage`] if the directory cannot be synchronised.
    pub async fn sync(&self, directory: &str) -> Result<()> {
        match &self.disk {
            Some(disk) => disk.sync(directory).await,
            None => Ok(()),
        }
    }

    /// Removes a directory whose objects were deleted, with temporary files that no store lists. An object store has no
    /// directories.
    ///
    /// # Errors
    /// [`Error::Internal`](milvus_backup_core::Error) if the task that removes it is lost. A directory that cannot be
    /// removed is logged.
    pub async fn remove_directory(&self, directory: &str) -> Result<()> {
        match &self.disk {
            Some(disk) => disk.remove_directory(directory).await,
            None => Ok(()),
        }
    }

    /// Removes a directory and its parents below the root, as far as they are empty. An object store has no
    /// directories.
    pub fn remove_empty(&self, directory: &str) {
        if let Some(disk) = &self.disk {
            disk.remove_empty(directory);
        }
    }

    /// Removes temporary files of interrupted uploads: those that have not been modified since a time, or all. The
    /// incomplete uploads of an object store are not visible as objects, and are left to its expiry rules.
    pub fn remove_temporary_files(&self, directory: &str, unchanged_since: Option<SystemTime>) {
        if let Some(disk) = &self.disk {
            disk.remove_temporary_files(directory, unchanged_since);
        }
    }
}

/// Returns the absolute path of a directory that is given by path or URL.
fn local_path(location: &str) -> Result<PathBuf> {
    let invalid = |value: &str, limit: &str| Error::InvalidParameter {
        field: "root".to_owned(),
        value: value.to_owned(),
        limit: limit.to_owned(),
    };
    let path = match location.split_once("://") {
        None => location,
        Some(("file", path)) => path,
        Some((scheme, _)) => return Err(invalid(&format!("{scheme}://..."), "a directory, in this version")),
    };
    if path.trim().is_empty() {
        return Err(invalid(location, "not empty"));
    }
    let absolute = std::path::absolute(path).map_err(|source| storage("find", path, of_disk(source)))?;
    without_parents(&absolute).map_err(|source| storage("find", path, of_disk(source)))
}

/// Resolves `..` as the system would: the directory before it exists, and may be a symbolic link. A path without `..`
/// is unchanged, so that a root that is a link keeps its name.
fn without_parents(path: &FilePath) -> std::io::Result<PathBuf> {
    let mut components: Vec<_> = path.components().collect();
    let Some(last) = components.iter().rposition(|component| *component == Component::ParentDir) else {
        return Ok(path.to_owned());
    };
    let below = components.split_off(last + 1);
    let above: PathBuf = components.into_iter().collect();
    Ok(below.into_iter().fold(above.canonicalize()?, |path, component| path.join(component)))
}

/// Returns a store over absolute paths, rooted at the file system so that the directory need not exist yet.
fn local_store(directory: &FilePath) -> Result<Arc<dyn ObjectStore>> {
    let prefix =
        Path::from_absolute_path(directory).map_err(|source| storage("open", directory.display(), source.into()))?;
    let store = LocalFileSystem::new().with_fsync(true).with_automatic_cleanup(false);
    #[cfg(target_os = "linux")]
    let store = crate::local::DirectFiles::new(store);
    Ok(Arc::new(object_store::prefix::PrefixStore::new(store, prefix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_in_a_location_are_resolved_as_the_system_would() {
        let outer = tempfile::tempdir().unwrap();
        let outer = outer.path().canonicalize().unwrap();
        std::fs::create_dir_all(outer.join("real/inner")).unwrap();
        std::os::unix::fs::symlink(outer.join("real/inner"), outer.join("link")).unwrap();
        let open = |below: &str| Storage::open(outer.join(below).to_str().unwrap());
        let root = |below: &str| open(below).unwrap().local_root().unwrap().to_owned();
        assert_eq!(root("real/../new"), outer.join("new"));
        assert_eq!(root("link/../new/deep"), outer.join("real/new/deep"));
        assert_eq!(root("link/new"), outer.join("link/new"));
        assert!(matches!(open("missing/../new"), Err(Error::Storage { .. })));
    }

    #[test]
    fn an_empty_location_and_other_schemes_are_refused() {
        for location in ["", " ", "ftp://host/x", "file://"] {
            assert!(matches!(Storage::open(location), Err(Error::InvalidParameter { .. })), "{location}");
        }
    }
}
