//! [`PrivateDirectory`]: the directory in which one invocation of the tool runs.

use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use milvus_backup_core::Result;
use milvus_backup_storage::error::{of_disk, storage};
use serde_json::Value;
use tempfile::TempDir;

const CONFIGURATION: &str = "backup.yaml";
const LOG: &str = "tool.log";

/// A directory that only this user may enter, with the configuration and the log of one invocation, which runs in it. It
/// is removed on drop.
#[derive(Debug)]
pub(crate) struct PrivateDirectory {
    directory: TempDir,
}

impl PrivateDirectory {
    /// Creates an empty directory below that of temporary files.
    pub(crate) fn create() -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("milvus-backup-").permissions(Permissions::from_mode(0o700));
        let directory = builder
            .tempdir()
            .map_err(|source| storage("create a directory in", std::env::temp_dir().display(), of_disk(source)))?;
        Ok(Self { directory })
    }

    /// Writes the configuration, which only this user may read, and returns its path.
    pub(crate) fn write_configuration(&self, document: &Value) -> Result<PathBuf> {
        let path = self.path().join(CONFIGURATION);
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = opened.map_err(|source| storage("create", path.display(), of_disk(source)))?;
        file.write_all(document.to_string().as_bytes())
            .map_err(|source| storage("write", path.display(), of_disk(source)))?;
        Ok(path)
    }

    /// Returns the absolute path of the directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the path of the tool's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.path().join(LOG)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn others_can_neither_enter_nor_read_and_nothing_remains() {
        let directory = PrivateDirectory::create().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(directory.path()), 0o700);
        let file = directory.write_configuration(&json!({ "milvus": { "password": "a: \"b\"\n" } })).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(directory.path().is_absolute() && file.starts_with(directory.path()));
        assert!(directory.write_configuration(&json!({})).is_err());
        let path = directory.path().to_owned();
        drop(directory);
        assert!(!path.exists());
    }
}
