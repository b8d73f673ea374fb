//! Create: from a collection to a committed backup. The steps are in the order in which [`CreateJob`] takes them.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use jiff::Timestamp;
use milvus_backup_core::{
    Access, BackupId, BackupMetadata, BackupParams, BackupPlan, BackupResult, BackupState, BackupVersion,
    CollectionDescription, CollectionName, CollectionRef, Completion, Error, Lease, Operation, PinnedCollection,
    ProgressEvent, Result, ScanSession, ScanUnit, Transaction, WrittenRows,
};

use super::plan::select_partitions;
use super::shortage::Shortage;
use super::undoing::Undo;
use crate::BackupManager;
use crate::transfer::BackupTransfer;
use crate::undo::UndoStack;

/// One create, or one attempt to resume it.
#[derive(Debug)]
pub(super) struct CreateJob<'a> {
    pub(super) manager: &'a BackupManager,
    pub(super) params: &'a BackupParams,
    /// The collection by its own name, even if an alias was requested.
    pub(super) collection: CollectionRef,
    pub(super) pin: PinnedCollection,
    pub(super) backup_id: BackupId,
    pub(super) created_at: Timestamp,
    /// Start of the job, by the monotonic clock.
    started: Duration,
    /// Whether it resumes an earlier attempt.
    pub(super) resumed: bool,
    pub(super) phase: Phase,
    pub(super) undo: UndoStack<Undo>,
    pub(super) lease: Option<Arc<dyn Lease>>,
    /// The backups of the collection before this one.
    pub(super) previous: Vec<BackupVersion>,
    /// Partitions in which queries find fewer rows than are stored.
    pub(super) shortages: Vec<Shortage>,
}

/// The phase of a create, which determines the consequences of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was written yet.
    Preparing,
    /// Files are written that no reader can see.
    Writing,
    /// The backup is complete and listed.
    Committed,
}

/// Written rows, and the facts to record with them.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) transaction: Box<dyn Transaction>,
    pub(super) rows: WrittenRows,
    pub(super) completion: Completion,
}

/// The session that reads the rows, and its units.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) session: Arc<dyn ScanSession>,
    pub(super) units: Vec<ScanUnit>,
}

impl BackupManager {
    /// Backs up a collection, or some of its partitions.
    ///
    /// An alias stands for its collection, under whose name the backup is filed. The collection must remain the same until
    /// the end, and keep its names.
    ///
    /// The backup is visible to other calls only once it is complete and durable. With verification after the backup
    /// (the default) it has also been read back and compared.
    ///
    /// # Errors
    /// Before anything is written: [`InvalidParameter`](milvus_backup_core::Error::InvalidParameter),
    /// [`CollectionNotFound`](milvus_backup_core::Error::CollectionNotFound),
    /// [`PartitionNotFound`](milvus_backup_core::Error::PartitionNotFound),
    /// [`BackupAlreadyExists`](milvus_backup_core::Error::BackupAlreadyExists),
    /// [`NotLoaded`](milvus_backup_core::Error::NotLoaded),
    /// [`InsufficientStorage`](milvus_backup_core::Error::InsufficientStorage). Later:
    /// [`Backup`](milvus_backup_core::Error::Backup) around the cause, such as
    /// [`CollectionChanged`](milvus_backup_core::Error::CollectionChanged); written files are then removed.
    pub async fn create_backup(&self, collection: &CollectionName, params: &BackupParams) -> Result<BackupResult> {
        params.validate()?;
        let created_at = self.repository.environment.clock.now();
        let backup_id = BackupId::new(created_at, self.repository.environment.entropy.bytes()?);
        let mut job = CreateJob::begin(self, collection, backup_id, created_at, params).await?;
        let deadline = job.deadline();
        let written = self.repository.environment.bounded(deadline, job.write_new()).await;
        job.end(written).await
    }
}

impl<'a> CreateJob<'a> {
    /// Pins the collection that a name refers to: from here on, its own name is used, and it must remain the same.
    pub(super) async fn begin(
        manager: &'a BackupManager,
        asked: &CollectionName,
        backup_id: BackupId,
        created_at: Timestamp,
        params: &'a BackupParams,
    ) -> Result<Self> {
        let environment = &manager.repository.environment;
        let started = environment.clock.elapsed();
        let pin = environment.bounded(deadline(manager, params), manager.pin(asked)).await?;
        let mut undo = UndoStack::default();
        undo.push(Undo::Unpin);
        let collection = manager.collection(&pin.name)?;
        Ok(Self {
            manager,
            params,
            collection,
            pin,
            backup_id,
            created_at,
            started,
            resumed: false,
            phase: Phase::Preparing,
            undo,
            lease: None,
            previous: Vec::new(),
            shortages: Vec::new(),
        })
    }

    pub(super) fn deadline(&self) -> Duration {
        deadline(self.manager, self.params)
    }

    /// Runs all steps from the collection to rows that are written, but not committed.
    async fn write_new(&mut self) -> Result<Written> {
        let (milvus, name) = (&self.manager.catalog, self.collection.name.clone());
        milvus.require_access(&name, Access::READING).await?;
        let description = milvus.describe_collection(&name).await?;
        let partitions = select_partitions(&name, &description, &self.params.partition_names)?;
        self.manager.repository.store.prepare(&self.manager.repository.environment).await?;
        let lease = self.take_lease().await?;
        while_held(lease.as_ref(), self.read_and_write(description, partitions)).await
    }

    async fn read_and_write(&mut self, description: CollectionDescription, partitions: Vec<String>) -> Result<Written> {
        let backup_name = self.unused_name().await?;
        self.announce();
        let was_loaded = self.make_readable(&description, &partitions).await?;
        let (plan, scan) = self.plan(description, partitions, backup_name, was_loaded).await?;
        self.require_space(&plan, &scan, 0).await?;
        self.announce_plan(&plan);
        self.phase = Phase::Writing;
        self.write(&plan, &scan).await
    }

    /// Transfers the rows, and compares their number with the counts of the server.
    pub(super) async fn write(&mut self, plan: &BackupPlan, scan: &Scan) -> Result<Written> {
        let repository = &self.manager.repository;
        let (store, encoding) = (&repository.store, Arc::new(plan.encoding()));
        let writers = repository.format.writers(&self.collection, &self.backup_id, encoding);
        self.undo.push(Undo::Discard(Arc::clone(&writers)));
        let begun = if self.resumed { store.resume(plan) } else { store.begin(plan) };
        let transaction = begun.await?;
        let resumed = self.resumed;
        let write = async |progress| {
            let transfer = BackupTransfer {
                plan,
                session: scan.session.as_ref(),
                transaction: transaction.as_ref(),
                writers: writers.as_ref(),
                retries: repository.config.retry_policy(),
                clock: repository.environment.clock.as_ref(),
                progress,
            };
            if resumed { transfer.resume(&scan.units).await } else { transfer.write(&scan.units).await }
        };
        let rows = self.manager.watched(&repository.progress, write).await?;
        let completion = self.complete(plan, scan.session.as_ref(), &rows).await?;
        Ok(Written { transaction, rows, completion })
    }

    /// Commits the written rows and verifies the backup, or undoes everything.
    pub(super) async fn end(mut self, written: Result<Written>) -> Result<BackupResult> {
        let outcome = match written {
            // The commit is short, and interrupting it would leave its outcome unknown.
            Ok(written) => self.commit(written).await,
            Err(error) => Err(self.manager.explained(&self.pin, error).await),
        };
        let metadata = match outcome {
            Ok(metadata) => metadata,
            Err(error) => return Err(self.undone(error).await),
        };
        self.phase = Phase::Committed;
        self.leave_as_found().await;
        let verified = self.verify_created(metadata).await;
        self.finish().await;
        Ok(self.result(verified?))
    }

    fn result(&self, metadata: BackupMetadata) -> BackupResult {
        BackupResult {
            success: metadata.failed_partitions.is_empty(),
            backup_id: metadata.backup_id.to_string(),
            backup_name: metadata.backup_name.clone(),
            collection_name: metadata.collection_name.to_string(),
            storage_type: metadata.storage_type,
            storage_path: Some(metadata.storage_path.clone()),
            size_bytes: metadata.size_bytes,
            row_count: metadata.row_count,
            state: metadata.effective_state(),
            execution_time_ms: self.manager.repository.milliseconds_since(self.started),
            limitations: metadata.limitations.clone(),
            error_message: None,
            metadata: Some(metadata),
        }
    }

    /// Ensures that the source finds the rows of these partitions, and loads them if the source requires it. Returns whether
    /// all of them were loaded before.
    pub(super) async fn make_readable(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<bool> {
        let BackupManager { source, sink, .. } = self.manager;
        source.require_readable(&self.collection.name, &description.schema, partitions).await?;
        let requirements = source.requirements();
        if requirements.flushed {
            sink.flush(&self.collection.name).await?;
        }
        if !requirements.loaded {
            return self.is_loaded(description, partitions).await;
        }
        let was_loaded = self.ensure_loaded(description, partitions).await?;
        self.shortages = self.await_visibility(description, partitions).await?;
        Ok(was_loaded)
    }

    /// Acquires the lease of the collection, which this job holds until its end.
    pub(super) async fn take_lease(&mut self) -> Result<Arc<dyn Lease>> {
        let repository = &self.manager.repository;
        let lease = repository.store.lease(&self.collection, Operation::Create, &repository.environment).await?;
        self.undo.push(Undo::Release(Arc::clone(&lease)));
        self.lease = Some(Arc::clone(&lease));
        Ok(lease)
    }

    /// Returns the epoch of the lease after confirming that it is still held.
    pub(super) async fn require_lease(&self) -> Result<u64> {
        match &self.lease {
            Some(lease) => lease.check().await,
            None => Err(Error::Internal { action: "commit a backup".to_owned(), source: "no lease was taken".into() }),
        }
    }

    async fn verify_created(&self, metadata: BackupMetadata) -> Result<BackupMetadata> {
        let repository = &self.manager.repository;
        if !self.params.verify_after.unwrap_or(repository.config.auto_verify_after_backup) {
            return Ok(metadata);
        }
        repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::Verifying,
            message: format!("verifying backup {}", self.backup_id),
        });
        let verification = repository.require_verified(&self.collection, &self.backup_id);
        if let Err(error) = repository.environment.bounded(repository.config.verification_timeout, verification).await {
            self.warn(format!("backup {} is written and listed, but not verified", self.backup_id));
            return Err(error);
        }
        Ok(repository.store.open(&self.collection, &self.backup_id).await?.metadata)
    }
}

/// Returns the time that a create may take up to its commit.
fn deadline(manager: &BackupManager, params: &BackupParams) -> Duration {
    params.timeout.unwrap_or(manager.repository.config.default_backup_timeout)
}

/// Runs `work` while a lease is held. Once the lease is lost, `work` is dropped.
///
/// # Errors
/// Those of the work, and [`milvus_backup_core::Error::InProgress`] naming the operation that took the lease over.
pub(super) async fn while_held<T>(lease: &dyn Lease, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    match select(pin!(work), lease.lost()).await {
        Either::Left((outcome, _)) => outcome,
        // The check names the operation that holds it.
        Either::Right(((), _)) => match lease.check().await {
            Err(lost) => Err(lost),
            Ok(_) => Err(Error::InProgress {
                resource: "backups of the collection".to_owned(),
                holder: "no operation: the lease could not be renewed in time".to_owned(),
            }),
        },
    }
}
