//! The steps of a create: from a collection to a committed backup, in this order.

use std::sync::Arc;

use milvus_backup_core::{
    AffectedOperation, BackupId, BackupMetadata, BackupParams, BackupPlan, BackupResult, BackupState,
    CollectionDescription, CollectionName, ProgressEvent, Result, VerifiedBackup,
};

use super::job::{CreateJob, Phase, Scan, Written};
use super::plan::select_partitions;
use super::undo_step::Undo;
use crate::BackupManager;
use crate::instance::MemoryShare;
use crate::lease::while_held;
use crate::transfer::BackupTransfer;

impl BackupManager {
    /// Backs up a collection, or some of its partitions.
    ///
    /// An alias stands for its collection, and the backup is kept under the name of that. The collection must be the same
    /// one until the end, and keep its names.
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
    /// [`CollectionChanged`](milvus_backup_core::Error::CollectionChanged); what was written is removed then.
    pub async fn create_backup(&self, collection: &CollectionName, params: &BackupParams) -> Result<BackupResult> {
        params.validate()?;
        let created_at = self.repository.environment.clock.now();
        let backup_id = BackupId::new(created_at, self.repository.environment.entropy.bytes()?);
        let mut job = CreateJob::begin(self, collection, backup_id, created_at, params).await?;
        let deadline = job.deadline();
        let written = self.repository.environment.bounded(deadline, Box::pin(job.write_anew())).await;
        Box::pin(job.end(written)).await
    }
}

impl CreateJob<'_> {
    /// Everything from the collection to rows that are written and not committed.
    async fn write_anew(&mut self) -> Result<Written> {
        let (milvus, name) = (&self.manager.catalog, self.collection.name.clone());
        milvus.require_access(&name, self.needed_access()).await?;
        let description = milvus.describe_collection(&name).await?;
        let partitions = select_partitions(&name, &description, &self.params.partition_names)?;
        match self.manager.backend.as_deref() {
            Some(backend) => self.require_backend(backend).await?,
            None => self.choose_source(&description, &partitions).await?,
        }
        self.manager.repository.store.prepare(&self.manager.repository.environment).await?;
        let lease = self.take_lease().await?;
        while_held(lease.as_ref(), self.read_and_write(description, partitions)).await
    }

    async fn read_and_write(&mut self, description: CollectionDescription, partitions: Vec<String>) -> Result<Written> {
        let backup_name = self.unused_name().await?;
        self.announce();
        if let Some(backend) = self.manager.backend.as_deref() {
            return Box::pin(self.write_by(backend, description, partitions, backup_name)).await;
        }
        let (mut plan, scan) = Box::pin(self.open_and_plan(description, partitions, backup_name)).await?;
        let _share = self.take_memory(&mut plan, &scan);
        self.require_space(&plan, &scan, 0).await?;
        self.announce_plan(&plan);
        self.manager.warn_of_known_issues(AffectedOperation::Create).await?;
        self.phase = Phase::Writing;
        self.write(&plan, &scan).await
    }

    /// Takes the share of the memory that this backup has among others, until the share is dropped.
    fn take_memory(&self, plan: &mut BackupPlan, scan: &Scan) -> Option<MemoryShare> {
        let share = self.manager.memory.as_ref()?.take(plan, &scan.units);
        plan.memory_limit_bytes = share.bytes;
        Some(share)
    }

    /// Opens the source and plans the backup. If the segment files turn out not to be usable, and they were not demanded,
    /// the rows are read by queries.
    async fn open_and_plan(
        &mut self,
        description: CollectionDescription,
        partitions: Vec<String>,
        backup_name: String,
    ) -> Result<(BackupPlan, Scan)> {
        let was_loaded = self.make_readable(&description, &partitions).await?;
        self.protect().await?;
        let name = backup_name.clone();
        match self.plan(description.clone(), partitions.clone(), name, was_loaded).await {
            Err(error) if self.may_use_queries_instead(&error) => {
                self.use_queries_instead(&error);
                let was_loaded = self.make_readable(&description, &partitions).await?;
                self.plan(description, partitions, backup_name, was_loaded).await
            }
            planned => planned,
        }
    }

    /// Moves the rows, and compares them with what the server counts.
    pub(super) async fn write(&mut self, plan: &BackupPlan, scan: &Scan) -> Result<Written> {
        let repository = &self.manager.repository;
        let (store, encoding) = (&repository.store, Arc::new(plan.encoding()));
        let writers = repository.format.writers(&self.collection, &self.backup_id, encoding);
        self.undo.push(Undo::Discard(Some(Arc::clone(&writers))));
        let started = if self.resumed { store.resume(plan) } else { store.begin(plan) };
        let transaction = started.await?;
        let resumed = self.resumed;
        let write = async |progress| {
            let transfer = BackupTransfer {
                plan,
                session: scan.session.as_ref(),
                transaction: transaction.as_ref(),
                writers: writers.as_ref(),
                retries: repository.config.retry_policy(),
                environment: &repository.environment,
                progress,
            };
            if resumed { transfer.resume(&scan.units).await } else { transfer.write(&scan.units).await }
        };
        let rows = self.manager.watched(&repository.progress, write).await?;
        let completion = self.complete(plan, scan.session.as_ref(), &rows).await?;
        Ok(Written { transaction, rows, completion })
    }

    /// Commits what was written and verifies it, or undoes everything.
    pub(super) async fn end(mut self, written: Result<Written>) -> Result<BackupResult> {
        let outcome = match written {
            // The commit is short, and to cut it in two would leave its outcome unknown.
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
        let mut result = BackupResult::of(metadata);
        result.execution_time_ms = self.manager.repository.milliseconds_since(self.started);
        result
    }

    /// Makes certain that the source finds the rows of these partitions; loads what is missing where it reads only what is
    /// loaded. Returns whether all was loaded.
    pub(super) async fn make_readable(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<bool> {
        let (source, sink) = (self.row_source()?, &self.manager.sink);
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

    async fn verify_created(&self, mut metadata: BackupMetadata) -> Result<BackupMetadata> {
        let repository = &self.manager.repository;
        if !self.params.verify_after.unwrap_or(repository.config.auto_verify_after_backup) {
            return Ok(metadata);
        }
        repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::Verifying,
            message: format!("verifying backup {}", self.backup_id),
        });
        let verification = repository.require_verified(&self.collection, &self.backup_id, VerifiedBackup::New);
        match repository.environment.bounded(repository.config.verification_timeout, verification).await {
            Ok(record) => metadata.set_verifications(vec![record]),
            Err(error) => {
                self.warn(format!("backup {} is written and listed, but not verified", self.backup_id));
                return Err(error);
            }
        }
        Ok(metadata)
    }
}
