//! A repository of backups, as the engine needs it: the protocol, independent of the contents of the data files.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use super::archive::ArchivedBackup;
use super::content_check::ContentCheck;
use super::copy::{BackupFiles, IncomingCopy, StoredFile};
use super::environment::Environment;
use super::listing::Listing;
use super::plans::{BackedUpDefinition, BackupPlan};
use super::progress::{Operation, Progress};
use super::recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, StagingCollection};
use super::sets::SetRecords;
use super::transaction::Transaction;
use crate::error::Result;
use crate::model::{BackupMetadata, Diagnosis, Pin, StoredBackup, VerificationRecord, VerificationResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::VerificationParams;

/// Whether other operations can have changed a backup before and during its verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerifiedBackup {
    /// The caller has committed it, and holds the lease of its collection since: it was not verified before, and it is
    /// not deleted meanwhile.
    New,
    /// Any other backup: it may have been verified before, and may be deleted meanwhile.
    Existing,
}

/// A repository of backups: it lists them, excludes concurrent changes, and makes them visible.
///
/// # Errors
/// Every method fails with [`crate::Error::Storage`] if the store cannot be read or written to. The methods list only
/// their specific errors.
#[async_trait]
pub trait Repository: SetRecords + Send + Sync + Debug {
    /// Returns its location, human-readable and without credentials.
    fn location(&self) -> &str;

    /// Returns whether its root exists. It always exists in a store without directories.
    async fn exists(&self) -> Result<bool> {
        Ok(true)
    }

    /// Returns the number of free bytes, or `None` if it is unknown.
    async fn available_bytes(&self) -> Result<Option<u64>>;

    /// Checks that the store is writable, before any row is read, and creates the repository in it if there is none.
    async fn prepare(&self, environment: &Environment) -> Result<()>;

    /// Checks whether it can be read and written to, and whether its store keeps the promises that commits and leases rely
    /// on, with objects of its own, which are removed. A root that does not exist is not created.
    ///
    /// # Errors
    /// [`crate::Error::Internal`]. A call that the store refuses is a diagnosis.
    async fn diagnose(&self, environment: &Environment) -> Result<Vec<Diagnosis>>;

    /// Acquires the lease on the backups of a collection. It is renewed until it is released; a lease of a process that
    /// died is taken over.
    ///
    /// # Errors
    /// [`crate::Error::InProgress`] with the holder.
    async fn lease(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn Lease>>;

    /// Starts a backup, and records its plan before anything else is written, so that it can be resumed.
    ///
    /// If it fails or is dropped, [`Repository::discard`] removes the written data.
    async fn begin(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// Resumes an interrupted backup, whose complete data files are kept.
    async fn resume(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>>;

    /// Returns the state of a backup that was started and not committed.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], and [`crate::Error::Refused`] for one that is complete or cannot be resumed.
    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup>;

    /// Removes the data of an uncommitted backup. Never changes a committed backup.
    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// Lists the backups of one collection, or of all.
    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing>;

    /// Lists the backups of one collection as they were committed, without the outcomes of their verifications. Reads
    /// half as many objects as [`Repository::list`].
    async fn list_committed(&self, collection: &CollectionRef) -> Result<Listing>;

    /// Opens one backup: reads its summary and its manifest, and checks their digests.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`], [`crate::Error::UnsupportedFormatVersion`].
    async fn open(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup>;

    /// Reads the summary of one backup, and checks its digest.
    ///
    /// # Errors
    /// The same errors as [`Repository::open`].
    async fn summary(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata>;

    /// Returns the collections that have a backup with this identifier: at most one, unless directories were copied.
    /// Reads one object per collection, and lists none of them.
    async fn find(&self, backup_id: &BackupId) -> Result<Vec<CollectionRef>>;

    /// Reads the definition of the collection, and checks its digest.
    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition>;

    /// Compares the files of a backup with their records; a quick verification uses `content` to check a sample of the
    /// contents of data files. [`crate::VerificationType::Deep`] compares them like
    /// [`crate::VerificationType::Checksum`]: the engine performs the restore.
    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        content: &dyn ContentCheck,
        progress: &dyn Progress,
    ) -> Result<VerificationResult>;

    /// Stores the outcome of a verification with the backup, outside the chain of digests.
    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
        owner: VerifiedBackup,
    ) -> Result<()>;

    /// Removes a backup. Its commit is removed first, so that it is never listed while it is partly removed. The caller
    /// holds the lease of the collection.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`] if there is none, and [`crate::Error::Refused`] with [`crate::Hint::Unpin`] if it
    /// is pinned.
    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()>;

    /// Pins a backup, so that it is not deleted until it is unpinned. Returns the pin that it has already, which then
    /// stays as it is.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`] if there is none, and [`crate::Error::InProgress`] while backups of the collection
    /// are being deleted.
    async fn pin(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        pin: &Pin,
        now: jiff::Timestamp,
    ) -> Result<Option<Pin>>;

    /// Removes the pin of a backup, and returns it; `None` if the backup is not pinned.
    async fn unpin(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<Option<Pin>>;

    /// Lists the files of a committed backup, after checking the digests of the documents that list them.
    ///
    /// # Errors
    /// The same errors as [`Repository::open`].
    async fn files(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupFiles>;

    /// Reads a file of a backup in ascending order of positions. All pieces but the last one have the same size. An
    /// error is the last item.
    fn read_file(&self, backup: &BackupFiles, file: &StoredFile) -> BoxStream<'static, Result<Bytes>>;

    /// Returns whether it holds an equal backup.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] if a different backup has the identifier.
    async fn holds(&self, backup: &BackupFiles) -> Result<bool>;

    /// Starts to receive a backup of another repository, which it does not hold. The caller holds the lease of the
    /// collection.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`] for a path that leads out of the backup.
    async fn receive(&self, backup: &BackupFiles) -> Result<Box<dyn IncomingCopy>>;

    /// Reads a backup as the bytes of an archive. Every file is compared with its digest, and an error is the last item.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`] for a damaged file, and [`crate::Error::Refused`] for one that is too large for an
    /// archive.
    fn archive(&self, backup: &BackupFiles) -> BoxStream<'static, Result<Bytes>>;

    /// Opens an archive, and reads the documents that name the files of its backup. `name` is the one of the archive in
    /// errors.
    ///
    /// # Errors
    /// [`crate::Error::ArchiveDamaged`], [`crate::Error::UnsupportedFormatVersion`], and the errors of the stream.
    async fn open_archive(
        &self,
        name: &str,
        content: BoxStream<'static, Result<Bytes>>,
    ) -> Result<Box<dyn ArchivedBackup>>;

    /// Lists the backups that were started and not committed, including those that are in progress.
    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>>;

    /// Lists the collections whose lease is held by an operation that is dead. Acquiring and releasing such a lease
    /// removes it.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] for a lease that cannot be read.
    async fn dead_leases(&self, environment: &Environment) -> Result<Vec<CollectionRef>>;

    /// Lists the examinations of the store that were interrupted, by the names of the directories with their objects.
    async fn abandoned_probes(&self, environment: &Environment) -> Result<Vec<String>>;

    /// Removes the objects of an interrupted examination of the store.
    async fn remove_probe(&self, name: &str) -> Result<()>;

    /// Registers a collection that a restore of a backup of `source` creates under a temporary name, so that it is
    /// found if the process dies.
    async fn register_staging(&self, source: &CollectionRef, staging: &StagingCollection) -> Result<()>;

    /// Removes a collection from the register. One that is not registered is not an error.
    async fn unregister_staging(&self, source: &CollectionRef, name: &CollectionName) -> Result<()>;

    /// Lists the registered collections, with the state of the processes that registered them.
    async fn list_staging(&self) -> Result<Vec<(CollectionRef, StagingCollection, OwnerState)>>;
}
