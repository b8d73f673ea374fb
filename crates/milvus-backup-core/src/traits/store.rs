//! A store of backups, as the engine needs it.

use std::fmt::Debug;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use super::environment::Environment;
use super::listing::Listing;
use super::plans::{BackedUpDefinition, BackupPlan, Completion, RestorePlan, RestoredPartition};
use super::progress::{Operation, Progress};
use super::recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, UnfinishedCollection};
use super::sink::RowSink;
use super::source::RowSource;
use crate::error::Result;
use crate::model::{
    BackupMetadata, BackupStorageType, FailedPartition, StoredBackup, VerificationRecord, VerificationResult,
};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::VerificationParams;

/// A backup whose rows are written, but which nobody can see yet.
#[async_trait]
pub trait PendingBackup: Send + Sync + Debug {
    /// Rows written of each partition, in the order of the plan; `None` for one that failed.
    fn rows_per_partition(&self) -> Vec<Option<u64>>;

    /// The partitions that failed. Empty unless the plan says to go on without them.
    fn failed_partitions(&self) -> &[FailedPartition];

    /// Makes the backup visible, whole and durable, in one step.
    async fn commit(self: Box<Self>, completion: Completion) -> Result<BackupMetadata>;
}

/// A store of backups.
#[async_trait]
pub trait BackupStore: Send + Sync + Debug {
    /// The kind of backend.
    fn storage_type(&self) -> BackupStorageType;

    /// The root, without credentials, for people to read.
    fn root(&self) -> &str;

    /// Whether the root exists. A store without anything like a directory always does.
    async fn exists(&self) -> Result<bool> {
        Ok(true)
    }

    /// Bytes that are free, or `None` where that cannot be told.
    async fn available_bytes(&self) -> Result<Option<u64>>;

    /// Makes certain that the store can be written to, before any row is read, and creates the repository in it if there
    /// is none.
    async fn prepare(&self, environment: &Environment) -> Result<()>;

    /// Takes the lease on the backups of a collection. It is renewed until it is released; that of a process that died is
    /// taken over.
    ///
    /// # Errors
    /// [`crate::Error::InProgress`] with the holder.
    async fn lease(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn Lease>>;

    /// Bytes that these rows would take in a data file of the plan. Writes nothing.
    async fn encoded_bytes(&self, plan: &BackupPlan, rows: RecordBatch) -> Result<u64>;

    /// Reads the rows of the plan and writes them, without making anything visible.
    ///
    /// When it fails or is dropped, [`BackupStore::discard`] removes what was written.
    async fn write(
        &self,
        source: Arc<dyn RowSource>,
        plan: BackupPlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Box<dyn PendingBackup>>;

    /// What is known of a backup that was begun and not committed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], and [`crate::Error::Refused`] for one that is complete or cannot be continued.
    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup>;

    /// Goes on with a backup that was cut off: data files that are complete and unchanged stay, the other rows of the
    /// plan are read and written as by [`BackupStore::write`].
    async fn resume(
        &self,
        source: Arc<dyn RowSource>,
        plan: BackupPlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Box<dyn PendingBackup>>;

    /// Removes what an unfinished [`BackupStore::write`] left. Never touches a committed backup.
    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// The backups of one collection, or of all.
    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing>;

    /// Opens one backup: reads its summary and its manifest, and checks their digests.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`], [`crate::Error::UnsupportedFormatVersion`].
    async fn open(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup>;

    /// Returns the collections that have a backup of this identifier: one, unless directories were copied. Asks for one
    /// object of each collection, and lists none of them.
    async fn find(&self, backup_id: &BackupId) -> Result<Vec<CollectionRef>>;

    /// The definition of the collection, with its digest checked.
    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition>;

    /// Compares the files of a backup with what it recorded of itself. [`crate::VerificationType::Deep`] compares
    /// them as [`crate::VerificationType::Checksum`] does: the restore is the engine's.
    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        progress: &dyn Progress,
    ) -> Result<VerificationResult>;

    /// Keeps the outcome of a verification with the backup, outside the chain of digests.
    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
    ) -> Result<()>;

    /// Reads the rows of the plan and inserts them, and returns what became of each partition.
    async fn restore_rows(
        &self,
        sink: Arc<dyn RowSink>,
        plan: RestorePlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Vec<RestoredPartition>>;

    /// Removes a backup; its commit first, so that it is never listed half removed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`] when there is none.
    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// The backups that were begun and never committed, whoever writes them.
    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>>;

    /// Notes that a restore of a backup of `collection` is making a collection under a name of its own, so that it is
    /// found when the process dies.
    async fn note_collection(&self, collection: &CollectionRef, unfinished: &UnfinishedCollection) -> Result<()>;

    /// Forgets what [`BackupStore::note_collection`] noted. What is not noted is no error.
    async fn forget_collection(&self, collection: &CollectionRef, name: &CollectionName) -> Result<()>;

    /// All collections that are noted, and what is known of the processes that noted them.
    async fn unfinished_collections(&self) -> Result<Vec<(CollectionRef, UnfinishedCollection, OwnerState)>>;
}
