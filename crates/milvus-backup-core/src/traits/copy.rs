//! The transfer of a committed backup from one repository to another, file by file.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::error::Result;
use crate::model::ChecksumAlgorithm;
use crate::names::{BackupId, CollectionRef};

/// The files of a committed backup, with which every repository can hold a copy that is equal byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFiles {
    /// The collection of the backup.
    pub collection: CollectionRef,
    /// The identifier of the backup.
    pub backup_id: BackupId,
    /// The algorithm of the digests of the files.
    pub algorithm: ChecksumAlgorithm,
    /// Every file except the commit and the records of verifications, in ascending order of paths.
    pub files: Vec<StoredFile>,
    /// The content of the commit, which refers to all files by their digests. It is written last.
    pub commit: Bytes,
}

impl BackupFiles {
    /// Returns the number of bytes of all files, the commit included.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum::<u64>() + self.commit.len() as u64
    }
}

/// A file of a committed backup, as the backup records it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredFile {
    /// The path relative to the directory of the backup.
    pub path: String,
    /// The size in bytes.
    pub size_bytes: u64,
    /// The digest in lower-case hexadecimal.
    pub checksum: String,
}

/// A backup that is being copied into a repository. It is invisible to readers until the commit.
///
/// If it is dropped, the files that are complete remain, and the next attempt continues with them.
///
/// # Errors
/// Every method fails with [`crate::Error::Storage`] if the store cannot be read or written to.
#[async_trait]
pub trait IncomingCopy: Send + Sync + Debug {
    /// Returns the files that earlier attempts completed, after recomputing their digests, and removes all others.
    async fn complete_files(&self) -> Result<Vec<StoredFile>>;

    /// Writes a file from its content, in ascending order of positions. The file is complete and durable once this
    /// returns; otherwise nothing of it is visible.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`] if the content has another size or digest than recorded, and the errors of the
    /// content.
    async fn write(&self, file: &StoredFile, content: BoxStream<'_, Result<Bytes>>) -> Result<()>;

    /// Makes the backup visible, complete and durable, in one step. All files must be complete.
    async fn commit(self: Box<Self>) -> Result<()>;
}
