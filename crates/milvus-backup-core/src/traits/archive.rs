//! The transfer of a committed backup through a stream: a pipe, or a file that is carried elsewhere.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use super::copy::{BackupFiles, StoredFile};
use crate::error::Result;
use crate::model::BackupMetadata;

/// A backup in an archive that is read once, from its start to its end.
///
/// Must always hold: nothing that the documents of the backup do not name is returned, and nothing twice. The archive is
/// untrusted input; the memory that it takes does not depend on what it says.
///
/// # Errors
/// Every method fails with [`crate::Error::ArchiveDamaged`], and with the errors of the stream.
#[async_trait]
pub trait ArchivedBackup: Send + Debug {
    /// Returns the files of the backup, as its documents name them.
    fn files(&self) -> &BackupFiles;

    /// Returns the summary of the backup.
    fn metadata(&self) -> &BackupMetadata;

    /// Returns the next file. `None` is the end of the archive: every file was returned, and nothing else follows.
    async fn next(&mut self) -> Result<Option<StoredFile>>;

    /// Reads the content of the file that was returned last. All pieces but the last one have the same size. The content
    /// is not compared with the digest of the file yet.
    fn content(&mut self) -> BoxStream<'_, Result<Bytes>>;
}

/// Where the bytes of an archive go.
#[async_trait]
pub trait ArchiveSink: Send + Debug {
    /// Takes the next bytes, after waiting until there is room for them.
    ///
    /// # Errors
    /// [`crate::Error::Storage`] if they cannot be written.
    async fn put(&mut self, bytes: Bytes) -> Result<()>;
}
