//! Operations that a local directory supports and an object store does not.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use milvus_backup_core::{Error, Result};

use super::links::first_link;
use crate::error::{blocking, of_disk, storage};

/// The local directory of a storage.
#[derive(Debug, Clone)]
pub(crate) struct LocalDisk {
    root: PathBuf,
}

impl LocalDisk {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn exists(&self) -> Result<bool> {
        self.root.try_exists().map_err(|source| self.failed("find", source))
    }

    pub(crate) fn create(&self) -> Result<()> {
        std::fs::create_dir_all(&self.root).map_err(|source| self.failed("create", source))
    }

    fn failed(&self, action: &str, source: std::io::Error) -> Error {
        storage(action, self.root.display(), of_disk(source))
    }

    /// Returns the number of free bytes in the file system of the directory, which need not exist yet.
    pub(crate) fn available_bytes(&self) -> Result<u64> {
        let existing = self.root.ancestors().find(|path| path.exists()).unwrap_or(&self.root);
        fs4::available_space(existing).map_err(|source| self.failed("measure the free space of", source))
    }

    /// Checks that there is no symbolic link on the path from the root to `directory`, nor below it.
    pub(crate) async fn refuse_links(&self, directory: &str) -> Result<()> {
        let (root, directory) = (self.root.clone(), directory.to_owned());
        blocking(move || first_link(&root, &directory)).await?
    }

    /// Makes removals from a directory durable.
    pub(crate) async fn sync(&self, directory: &str) -> Result<()> {
        let path = self.root.join(directory);
        let synced = blocking(move || std::fs::File::open(path)?.sync_all()).await?;
        synced.map_err(|source| storage("sync", directory, of_disk(source)))
    }

    /// Removes a directory with its contents, then the parent directories that are empty.
    pub(crate) async fn remove_directory(&self, directory: &str) -> Result<()> {
        let path = self.root.join(directory);
        match blocking(move || std::fs::remove_dir_all(path)).await? {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, directory, "cannot remove the directory");
            }
            _ => self.remove_empty(directory),
        }
        Ok(())
    }

    /// Removes a directory and its parents below the root, as far as they are empty. Others are kept: their contents
    /// are not ours.
    pub(crate) fn remove_empty(&self, directory: &str) {
        for path in Path::new(directory).ancestors().filter(|path| !path.as_os_str().is_empty()) {
            // A directory that is already removed does not keep its parent.
            let _ = std::fs::remove_dir(self.root.join(path));
        }
    }

    /// Removes temporary files of uploads from a directory: those that have not been modified since a time, or all. No
    /// store lists them: their names consist of the name of the file, `#` and digits.
    pub(crate) fn remove_temporary_files(&self, directory: &str, unchanged_since: Option<SystemTime>) {
        let is_temporary = |name: &str| {
            name.rsplit_once('#').is_some_and(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let is_old = |entry: &std::fs::DirEntry| {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            unchanged_since.is_none_or(|since| modified.is_ok_and(|modified| modified <= since))
        };
        for entry in std::fs::read_dir(self.root.join(directory)).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_temporary) && is_old(&entry) {
                // A file that remains is not part of any backup.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}
