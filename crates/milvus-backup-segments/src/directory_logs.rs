//! [`DirectoryLogs`]: log files below a directory in which nothing changes.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_core::Result;
use milvus_backup_storage::{Directory, VersionedObject};

use crate::frozen::{LogFile, LogStore};

/// The log files below a directory, such as those of a backup, which do not change.
#[derive(Debug, Clone)]
pub struct DirectoryLogs {
    directory: Directory,
}

impl DirectoryLogs {
    /// Creates a store of the files below `directory`, to which the paths of logs are relative.
    pub fn new(directory: Directory) -> Self {
        Self { directory }
    }
}

#[async_trait]
impl LogStore for DirectoryLogs {
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        let object =
            VersionedObject { path: file.path.clone(), size_bytes: file.size_bytes, version: file.version.clone() };
        self.directory.read_version(&object, range).await
    }
}
