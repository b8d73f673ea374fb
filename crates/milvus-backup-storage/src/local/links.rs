//! Symbolic links are not part of a repository: following one leads out of the root.

use std::path::Path;

use milvus_backup_core::{Error, Result};

use crate::error::{corrupted, of_disk, storage};

/// Fails with the first symbolic link on the path from `base` to `directory`, or below it.
///
/// # Errors
/// [`Error::Corrupted`] with the path of the link.
pub(super) fn first_link(base: &Path, directory: &str) -> Result<()> {
    first_link_on_path(base, directory)?;
    let mut pending = vec![base.join(directory)];
    while let Some(path) = pending.pop() {
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(unreadable(&path, source)),
        };
        for entry in entries {
            let entry = entry.map_err(|source| unreadable(&path, source))?;
            let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
            if kind.is_symlink() {
                return Err(link(directory, &entry.path(), base));
            }
            if kind.is_dir() {
                pending.push(entry.path());
            }
        }
    }
    Ok(())
}

/// Fails with the first symbolic link on the path from `base` to `object`, which may be one itself or be missing.
///
/// # Errors
/// [`Error::Corrupted`] with the path of the link.
pub(super) fn first_link_on_path(base: &Path, object: &str) -> Result<()> {
    let mut path = base.to_path_buf();
    for segment in object.split('/') {
        path.push(segment);
        if path.is_symlink() {
            return Err(link(object, &path, base));
        }
    }
    Ok(())
}

fn link(directory: &str, path: &Path, base: &Path) -> Error {
    let relative = path.strip_prefix(base).unwrap_or(path).display().to_string();
    let below = relative.strip_prefix(directory).map(|rest| rest.trim_start_matches('/'));
    let file = below.filter(|file| !file.is_empty()).unwrap_or(&relative);
    corrupted(directory, file, "is a symbolic link; links are refused, because they lead out of the repository")
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    storage("list", path.display(), of_disk(source))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_on_the_way_and_below_are_found_but_the_root_may_be_one() {
        let outside = tempfile::tempdir().unwrap();
        let real = outside.path().join("real");
        let data = real.join("items/backup/data");
        std::fs::create_dir_all(&data).unwrap();
        let base = outside.path().join("base");
        symlink(&real, &base).unwrap();
        assert!(first_link(&base, "items/backup").is_ok());
        assert!(first_link(&base, "items/missing").is_ok());
        assert!(first_link_on_path(&base, "items/backup/data/p.parquet").is_ok());
        symlink("/etc/hostname", data.join("p.parquet")).unwrap();
        let error = first_link(&base, "items/backup").unwrap_err().to_string();
        assert!(error.contains("data/p.parquet"), "{error}");
        assert!(first_link_on_path(&base, "items/backup/data").is_ok());
        assert!(first_link_on_path(&base, "items/backup/data/p.parquet").is_err());
        symlink(real.join("items"), real.join("other")).unwrap();
        assert!(first_link(&base, "other/backup").is_err());
    }
}
