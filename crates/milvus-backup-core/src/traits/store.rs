//! A store of backups, as the engine needs it.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::environment::Environment;
use super::format::RowFormat;
use super::listing::Listing;
use super::plans::{BackedUpDefinition, BackupPlan, RestorePlan, RestoredPartition};
use super::progress::{Operation, Progress};
use super::recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, UnfinishedCollection};
use super::sink::RowSink;
use super::transaction::Transaction;
use crate::error::Result;
use crate::model::{BackupMetadata, BackupStorageType, StoredBackup, VerificationRecord, VerificationResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::VerificationParams;

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

    /// Returns the format of the data files.
    fn format(&self) -> &dyn RowFormat;

    /// Begins a backup, and notes how it is made before anything else of it is written, so that it can be resumed.
    ///
    /// When it fails or is dropped, [`BackupStore::discard`] removes what was written.
    async fn begin(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// Begins again with a backup that was interrupted, whose complete data files are kept.
    async fn resume(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// What is known of a backup that was begun and not committed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], and [`crate::Error::Refused`] for one that is complete or cannot be continued.
    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup>;

    /// Removes what was written of a backup that is not committed. Never touches a committed backup.
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
