//! The root of a repository.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use milvus_backup_core::{Error, Result, RetryPolicy};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use crate::error::storage;
use crate::retrying::Retrying;

/// An object store and what is known of the disk under it.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    /// Tries again what fails for a reason that may pass.
    pub(crate) store: Arc<dyn ObjectStore>,
    /// The store that is under it.
    bare: Arc<dyn ObjectStore>,
    pub(crate) retries: RetryPolicy,
    /// As the user wrote it.
    pub(crate) display: String,
    /// The directory, where the store is one.
    pub(crate) directory: Option<PathBuf>,
}

impl Root {
    /// Opens a directory, which is made when something is written.
    pub(crate) fn open(location: &str) -> Result<Self> {
        let path = match location.split_once("://") {
            None => location,
            Some(("file", path)) => path,
            Some((scheme, _)) => {
                return Err(Error::InvalidParameter {
                    field: "root".to_owned(),
                    value: format!("{scheme}://..."),
                    limit: "a directory, in this version".to_owned(),
                });
            }
        };
        if path.trim().is_empty() {
            return Err(Error::InvalidParameter {
                field: "root".to_owned(),
                value: location.to_owned(),
                limit: "not empty".to_owned(),
            });
        }
        let directory = std::path::absolute(path).map_err(|source| Error::Storage {
            action: "find".to_owned(),
            path: path.to_owned(),
            permission: false,
            retryable: false,
            source: Box::new(source),
        })?;
        let bare = local_store(&directory)?;
        let retries = RetryPolicy::default();
        let store = Arc::new(Retrying::new(Arc::clone(&bare), retries));
        Ok(Self { store, bare, retries, display: location.to_owned(), directory: Some(directory) })
    }

    pub(crate) fn with_retries(self, retries: RetryPolicy) -> Self {
        Self { store: Arc::new(Retrying::new(Arc::clone(&self.bare), retries)), retries, ..self }
    }

    pub(crate) fn layered(self, layer: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        let retries = self.retries;
        Self { bare: layer(Arc::clone(&self.bare)), ..self }.with_retries(retries)
    }

    /// Whether there is something at the root, where the store is a directory.
    pub(crate) fn exists(&self) -> Result<bool> {
        let Some(directory) = &self.directory else { return Ok(true) };
        directory.try_exists().map_err(|source| Error::Storage {
            action: "find".to_owned(),
            path: self.display.clone(),
            permission: source.kind() == std::io::ErrorKind::PermissionDenied,
            retryable: false,
            source: Box::new(source),
        })
    }

    /// Makes the directory, where the store is one.
    pub(crate) fn create(&self) -> Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        std::fs::create_dir_all(directory).map_err(|source| Error::Storage {
            action: "create".to_owned(),
            path: self.display.clone(),
            permission: source.kind() == std::io::ErrorKind::PermissionDenied,
            retryable: false,
            source: Box::new(source),
        })
    }
}

/// A store over absolute paths, rooted at the file system so that the directory need not exist yet.
fn local_store(directory: &FilePath) -> Result<Arc<dyn ObjectStore>> {
    let prefix = object_store::path::Path::from_absolute_path(directory).map_err(|source| Error::Storage {
        action: "open".to_owned(),
        path: directory.display().to_string(),
        permission: false,
        retryable: false,
        source: Box::new(source),
    })?;
    let store = LocalFileSystem::new().with_fsync(true).with_automatic_cleanup(false);
    #[cfg(target_os = "linux")]
    let store = crate::direct::DirectFiles::new(store);
    Ok(Arc::new(object_store::prefix::PrefixStore::new(store, prefix)))
}

/// Bytes free on the file system of a directory that may not exist yet.
pub(crate) fn available_bytes(directory: &FilePath) -> Result<u64> {
    let existing = directory.ancestors().find(|path| path.exists()).unwrap_or(directory);
    fs4::available_space(existing).map_err(|source| {
        storage(
            "measure the free space of",
            directory.display(),
            object_store::Error::Generic { store: "local", source: Box::new(source) },
        )
    })
}
