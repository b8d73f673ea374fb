//! A repository of backups, as the engine needs it: the protocol, and nothing of what is in the data files.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::content_check::ContentCheck;
use super::environment::Environment;
use super::listing::Listing;
use super::plans::{BackedUpDefinition, BackupPlan};
use super::progress::{Operation, Progress};
use super::recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, UnfinishedCollection};
use super::transaction::Transaction;
use crate::error::Result;
use crate::model::{BackupMetadata, StoredBackup, VerificationRecord, VerificationResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::VerificationParams;

/// A repository of backups: where they are listed, who may change them, and how they become visible.
#[async_trait]
pub trait Repository: Send + Sync + Debug {
    /// Returns where it is, without credentials, human-readable.
    fn location(&self) -> &str;

    /// Returns whether its root exists. A store without anything like a directory always has one.
    async fn exists(&self) -> Result<bool> {
        Ok(true)
    }

    /// Returns the bytes that are free, or `None` where that cannot be told.
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

    /// Begins a backup, and notes how it is made before anything else of it is written, so that it can be resumed.
    ///
    /// When it fails or is dropped, [`Repository::discard`] removes what was written.
    async fn begin(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// Begins again with a backup that was interrupted, whose complete data files are kept.
    async fn resume(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// Returns what is known of a backup that was begun and not committed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], and [`crate::Error::Refused`] for one that is complete or cannot be continued.
    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup>;

    /// Removes what was written of a backup that is not committed. Never touches a committed backup.
    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// Lists the backups of one collection, or of all.
    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing>;

    /// Opens one backup: reads its summary and its manifest, and checks their digests.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`], [`crate::Error::UnsupportedFormatVersion`].
    async fn open(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup>;

    /// Returns the collections that have a backup of this identifier: one, unless directories were copied. Asks for one
    /// object of each collection, and lists none of them.
    async fn find(&self, backup_id: &BackupId) -> Result<Vec<CollectionRef>>;

    /// Reads the definition of the collection, with its digest checked.
    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition>;

    /// Compares the files of a backup with what it recorded of itself; a quick verification has `content` check a sample of
    /// what is in the data files. [`crate::VerificationType::Deep`] compares them as
    /// [`crate::VerificationType::Checksum`] does: the restore is the engine's.
    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        content: &dyn ContentCheck,
        progress: &dyn Progress,
    ) -> Result<VerificationResult>;

    /// Keeps the outcome of a verification with the backup, outside the chain of digests.
    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
    ) -> Result<()>;

    /// Removes a backup; its commit first, so that it is never listed half removed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`] when there is none.
    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// Lists the backups that were begun and never committed, whichever process writes them.
    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>>;

    /// Registers a collection that a restore of a backup of `source` is making under a name of its own, so that it is found
    /// when the process dies.
    async fn register_staging(&self, source: &CollectionRef, staging: &UnfinishedCollection) -> Result<()>;

    /// Removes a collection from the register. One that is not registered is no error.
    async fn unregister_staging(&self, source: &CollectionRef, name: &CollectionName) -> Result<()>;

    /// Lists the registered collections, and what is known of the processes that registered them.
    async fn list_staging(&self) -> Result<Vec<(CollectionRef, UnfinishedCollection, OwnerState)>>;
}
