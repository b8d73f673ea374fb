//! Makes the files of the tool durable, which it does not do itself.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use milvus_backup_core::{Error, Result};
use milvus_backup_storage::Storage;
use milvus_backup_storage::error::{blocking, of_disk, storage};

/// Synchronises every file and directory below `directory` with the disk, and that directory itself. Objects of a service
/// are durable when they are written.
pub(super) async fn make_durable(place: &Storage, directory: &str) -> Result<()> {
    let Some(root) = place.local_root() else { return Ok(()) };
    let path = root.join(directory);
    blocking(move || sync_tree(&path)).await?
}

/// Synchronises the contents of one file with the disk.
pub(super) async fn make_file_durable(place: &Storage, file: &str) -> Result<()> {
    let Some(root) = place.local_root() else { return Ok(()) };
    let path = root.join(file);
    blocking(move || File::open(&path).and_then(|file| file.sync_all()).map_err(|source| failed(&path, source))).await?
}

fn sync_tree(root: &Path) -> Result<()> {
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        let children = synced(&directory).map_err(|source| failed(&directory, source))?;
        pending.extend(children);
    }
    Ok(())
}

/// Synchronises a directory and the files in it, and returns the directories in it. Links are not followed.
fn synced(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            children.push(entry.path());
        } else if kind.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(directory)?.sync_all()?;
    Ok(children)
}

fn failed(path: &Path, source: io::Error) -> Error {
    storage("sync", path.display(), of_disk(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tree_is_synchronised_and_one_that_is_missing_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("backup/data/a/b")).unwrap();
        std::fs::write(root.path().join("backup/data/a/b/file"), "x").unwrap();
        let storage = Storage::open(root.path().to_str().unwrap()).unwrap();
        make_durable(&storage, "backup").await.unwrap();
        assert!(matches!(make_durable(&storage, "other").await, Err(Error::Storage { .. })));
    }
}
