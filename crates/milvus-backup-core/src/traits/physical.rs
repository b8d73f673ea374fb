//! Backups whose files another program writes: the backend that drives the program, and the rows in its files.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::catalog::CollectionDescription;
use super::content_check::ContentCheck;
use super::progress::{Operation, Progress};
use super::session::ScanSession;
use crate::error::Result;
use crate::model::{BackupStorageType, ChecksumAlgorithm, Diagnosis, NativePayload, PartitionMetadata, StoredBackup};
use crate::names::{BackupId, CollectionRef};
use crate::schema::CollectionSchema;

/// A backup that another program writes.
#[derive(Debug, Clone, Copy)]
pub struct PayloadRequest<'a> {
    /// The collection to back up, by its own name.
    pub collection: &'a CollectionRef,
    /// The identifier of the backup, whose directory exists in the repository and has no data yet.
    pub backup_id: &'a BackupId,
    /// The description of the collection as the server reported it.
    pub description: &'a CollectionDescription,
    /// Algorithm of the digests over files.
    pub checksum_algorithm: ChecksumAlgorithm,
}

/// The durable files of a backup that another program wrote, and their contents.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The partitions in the order of the description, with the rows that are visible after all deletes. They have
    /// neither row digests nor chunks.
    pub partitions: Vec<PartitionMetadata>,
    /// The files and segments.
    pub native: NativePayload,
    /// Human-readable descriptions of everything that cannot be restored exactly.
    pub limitations: Vec<String>,
}

/// A restore by another program.
#[derive(Debug, Clone, Copy)]
pub struct PayloadRestore<'a> {
    /// The backup, whose files were compared with their digests.
    pub backup: &'a StoredBackup,
    /// The collection that the program creates and fills. It does not exist yet.
    pub target: &'a CollectionRef,
    /// The names of the partitions of the backup.
    pub partitions: &'a [String],
}

/// A backend that drives a program which reads and writes the storage of Milvus itself. Selecting, naming, leasing,
/// committing, verifying files, retaining and deleting is not its concern.
///
/// # Cancel safety
/// A call that is dropped ends the program. What it wrote is removed by [`crate::Repository::discard`]; a collection that
/// it was filling remains for the caller to drop.
#[async_trait]
pub trait Backend: Send + Sync + Debug {
    /// Returns the kind of backup that it writes.
    fn storage_type(&self) -> BackupStorageType;

    /// Checks, before anything is written, that the program can be run, and that it works with this collection and the
    /// storage of its server.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] for a program that is missing or unsuitable, and
    /// [`crate::Error::InvalidParameter`] for a storage that is not the one of the server.
    async fn require_usable(&self, operation: Operation, collection: &CollectionRef) -> Result<()>;

    /// Checks everything that [`Backend::require_usable`] checks without a collection.
    async fn diagnose(&self) -> Vec<Diagnosis>;

    /// Lets the program write the files of an uncommitted backup, and computes their digests. What the program reports
    /// is compared with what it wrote and with what the server reports. Reports the bytes as [`crate::ProgressEvent`]s.
    ///
    /// # Errors
    /// [`crate::Error::Protocol`] and [`crate::Error::Corrupted`] for files that do not contain what they must, and the
    /// errors that the messages of the program stand for.
    async fn create(&self, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload>;

    /// Returns why the program cannot restore this backup into the server, or `None` if it can.
    async fn obstacle_to_restore(&self, backup: &StoredBackup) -> Result<Option<String>>;

    /// Lets the program create the target and fill it.
    async fn restore(&self, request: &PayloadRestore<'_>, progress: &dyn Progress) -> Result<()>;
}

/// The files of committed backups that another program wrote, which are untrusted input. Needs neither the program nor a
/// server.
#[async_trait]
pub trait PhysicalFormat: Send + Sync + Debug {
    /// Opens the rows of a backup: all that are visible after its deletes. The partitions are those of its manifest.
    ///
    /// # Errors
    /// [`crate::Error::LogDamaged`] and [`crate::Error::Corrupted`] for damage, [`crate::Error::Unsupported`] for files
    /// that are recognised and not read.
    async fn open_rows(&self, backup: &StoredBackup, schema: &CollectionSchema) -> Result<Arc<dyn ScanSession>>;

    /// Returns the check of the contents of files.
    fn content_check(&self) -> &dyn ContentCheck;
}
