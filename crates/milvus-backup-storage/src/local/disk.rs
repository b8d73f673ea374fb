//! The medium of a local directory.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use async_trait::async_trait;
use milvus_backup_core::{Error, Result};

use super::links::{first_link, first_link_on_path};
use crate::error::{blocking, of_disk, storage};
use crate::medium::Medium;

/// The local directory of a storage.
#[derive(Debug, Clone)]
pub(crate) struct LocalDisk {
    root: PathBuf,
}

impl LocalDisk {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn failed(&self, action: &str, source: std::io::Error) -> Error {
        storage(action, self.root.display(), of_disk(source))
    }

    /// Lists the directories directly below one, as paths from the root. Links are not followed.
    fn directories_in(&self, directory: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join(directory)).into_iter().flatten().flatten();
        let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let names = directories.filter_map(|entry| entry.file_name().into_string().ok());
        names.map(|name| format!("{directory}/{name}")).collect()
    }
}

#[async_trait]
impl Medium for LocalDisk {
    fn local_root(&self) -> Option<&Path> {
        Some(&self.root)
    }

    fn exists(&self) -> Result<bool> {
        self.root.try_exists().map_err(|source| self.failed("find", source))
    }

    fn create(&self) -> Result<()> {
        std::fs::create_dir_all(&self.root).map_err(|source| self.failed("create", source))
    }

    /// Returns the number of free bytes in the file system of the directory, which need not exist yet.
    fn available_bytes(&self) -> Result<Option<u64>> {
        let existing = self.root.ancestors().find(|path| path.exists()).unwrap_or(&self.root);
        let available = fs4::available_space(existing).map(Some);
        available.map_err(|source| self.failed("measure the free space of", source))
    }

    /// Checks that there is no symbolic link on the path from the root to `directory`, nor below it.
    async fn refuse_links(&self, directory: &str) -> Result<()> {
        let (root, directory) = (self.root.clone(), directory.to_owned());
        blocking(move || first_link(&root, &directory)).await?
    }

    /// Checks that there is no symbolic link on the path from the root to an object.
    async fn refuse_links_to(&self, object: &str) -> Result<()> {
        let (root, object) = (self.root.clone(), object.to_owned());
        blocking(move || first_link_on_path(&root, &object)).await?
    }

    /// Makes removals from a directory durable.
    async fn sync(&self, directory: &str) -> Result<()> {
        let path = self.root.join(directory);
        let synced = blocking(move || std::fs::File::open(path)?.sync_all()).await?;
        synced.map_err(|source| storage("sync", directory, of_disk(source)))
    }

    /// Removes a directory with its contents, then the parent directories that are empty.
    async fn remove_directory(&self, directory: &str) -> Result<()> {
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
    fn remove_empty(&self, directory: &str) {
        for path in Path::new(directory).ancestors().filter(|path| !path.as_os_str().is_empty()) {
            // A directory that is already removed does not keep its parent.
            let _ = std::fs::remove_dir(self.root.join(path));
        }
    }

    /// Removes temporary files of uploads from a directory: those that have not been modified since a time, or all. No
    /// store lists them: their names consist of the name of the file, `#` and digits.
    fn remove_temporary_files(&self, directory: &str, unchanged_since: Option<SystemTime>) {
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

    async fn open_uploads(&self, _directory: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn abort_uploads(&self, directory: &str) -> Result<()> {
        let mut pending = vec![directory.to_owned()];
        while let Some(directory) = pending.pop() {
            self.remove_temporary_files(&directory, None);
            pending.extend(self.directories_in(&directory));
        }
        Ok(())
    }

    fn is_remote(&self) -> bool {
        false
    }

    fn store_time(&self) -> Option<jiff::Timestamp> {
        None
    }
}
