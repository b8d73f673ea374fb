//! Create: from a collection to a committed backup.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use milvus_backup_core::{
    Access, BackupId, BackupMetadata, BackupParams, BackupPlan, BackupResult, BackupState, BackupVersion,
    CollectionDescription, CollectionName, CollectionRef, Completion, Error, ErrorKind, LoadPolicy, Operation,
    PendingBackup, ProgressEvent, Result,
};

use super::attempt::Attempt;
use super::plan::select_partitions;
use crate::BackupManager;

impl BackupManager {
    /// Backs up a collection, or some of its partitions.
    ///
    /// An alias stands for its collection, and the backup is kept under the name of that. The collection must be the same
    /// one until the end, and keep its names.
    ///
    /// The backup is visible to other calls only once it is whole and durable. With verification after the backup
    /// (the default) it has also been read back and compared.
    ///
    /// # Errors
    /// Before anything is written: [`Error::InvalidParameter`], [`Error::CollectionNotFound`],
    /// [`Error::PartitionNotFound`], [`Error::BackupAlreadyExists`], [`Error::NotLoaded`],
    /// [`Error::InsufficientStorage`]. Later: [`Error::Backup`] around the cause, among them
    /// [`Error::CollectionChanged`]; what was written is removed then.
    pub async fn create_backup(&self, collection: &CollectionName, params: &BackupParams) -> Result<BackupResult> {
        params.validate()?;
        let created_at = self.repository.environment.clock.now();
        let backup_id = BackupId::new(created_at, self.repository.environment.entropy.bytes()?);
        let attempt = self.attempt(collection, backup_id, created_at, params).await?;
        let work = self.read_and_write(&attempt, params);
        self.run(&attempt, params, work).await
    }

    /// An attempt at the collection that a name means: from here on it goes by its own name, and must stay the same one.
    pub(super) async fn attempt(
        &self,
        asked: &CollectionName,
        backup_id: BackupId,
        created_at: Timestamp,
        params: &BackupParams,
    ) -> Result<Attempt> {
        let deadline = params.timeout.unwrap_or(self.repository.config.default_backup_timeout);
        let pin = self.repository.environment.bounded(deadline, self.pin(asked)).await?;
        let collection = self.collection(&pin.name)?;
        Ok(Attempt::new(collection, pin, backup_id, created_at))
    }

    /// Does the work of a create within its deadline, commits and verifies, and leaves everything else as it was.
    pub(super) async fn run(
        &self,
        attempt: &Attempt,
        params: &BackupParams,
        work: impl Future<Output = Result<Written>> + Send,
    ) -> Result<BackupResult> {
        let started = self.repository.environment.clock.elapsed();
        let created = self.run_locked(attempt, params, work).await;
        self.unpin(&attempt.pin).await;
        if let Some(lock) = attempt.lock.get() {
            lock.release().await;
        }
        let metadata = created?;
        Ok(BackupResult {
            success: metadata.failed_partitions.is_empty(),
            backup_id: metadata.backup_id.to_string(),
            backup_name: metadata.backup_name.clone(),
            collection_name: metadata.collection_name.to_string(),
            storage_type: metadata.storage_type,
            storage_path: Some(metadata.storage_path.clone()),
            size_bytes: metadata.size_bytes,
            row_count: metadata.row_count,
            state: metadata.effective_state(),
            execution_time_ms: self.repository.milliseconds_since(started),
            limitations: metadata.limitations.clone(),
            error_message: None,
            metadata: Some(metadata),
        })
    }

    /// Everything between the lock, which is taken on the way, and its release.
    async fn run_locked(
        &self,
        attempt: &Attempt,
        params: &BackupParams,
        work: impl Future<Output = Result<Written>> + Send,
    ) -> Result<BackupMetadata> {
        let deadline = params.timeout.unwrap_or(self.repository.config.default_backup_timeout);
        let written = self.repository.environment.bounded(deadline, work).await;
        let outcome = match written {
            // The commit is short, and to cut it in two would leave its outcome unknown.
            Ok((pending, completion)) => self.commit(attempt, pending, completion).await,
            Err(error) => Err(self.explained(&attempt.pin, error).await),
        };
        self.leave_as_found(attempt).await;
        match outcome {
            Ok(metadata) => self.verify_created(attempt, metadata, params).await,
            Err(error) => Err(self.discard_unfinished(attempt, error).await),
        }
    }

    async fn read_and_write(&self, attempt: &Attempt, params: &BackupParams) -> Result<Written> {
        let name = &attempt.collection.name;
        self.milvus.require_access(name, Access::READING).await?;
        let description = self.milvus.describe_collection(name).await?;
        let partitions = select_partitions(name, &description, &params.partition_names)?;
        self.repository.store.prepare(&self.repository.environment).await?;
        self.take_lock(attempt).await?;
        let backup_name = self.unused_name(attempt, params).await?;
        self.announce(attempt);
        let was_loaded = self.make_readable(attempt, &description, &partitions, params.load).await?;
        let plan = self.plan(attempt, params, description, partitions, backup_name, was_loaded).await?;
        self.require_space(&plan, 0).await?;
        self.announce_plan(&plan);
        attempt.writing.store(true, Ordering::Release);
        let write = |progress| self.repository.store.write(self.milvus.clone(), plan.clone(), progress);
        let pending = self.watched(&self.repository.progress, write).await?;
        let completion = self.complete(attempt, &plan, pending.as_ref(), params).await?;
        Ok((pending, completion))
    }

    /// Makes certain that queries find the rows of these partitions; loads what is missing. Returns whether all was loaded.
    pub(super) async fn make_readable(
        &self,
        attempt: &Attempt,
        description: &CollectionDescription,
        partitions: &[String],
        policy: LoadPolicy,
    ) -> Result<bool> {
        self.milvus.require_readable(&attempt.collection.name, &description.schema, partitions).await?;
        let was_loaded = self.ensure_loaded(attempt, description, partitions, policy).await?;
        let shortages = self.settle(attempt, description, partitions).await?;
        attempt.shortages.get_or_init(|| shortages);
        Ok(was_loaded)
    }

    pub(super) async fn take_lock(&self, attempt: &Attempt) -> Result<()> {
        let environment = &self.repository.environment;
        let lock = self.repository.store.lease(&attempt.collection, Operation::Create, environment).await?;
        attempt.lock.get_or_init(|| lock);
        Ok(())
    }

    /// The name of the backup, which no other backup of the collection has.
    async fn unused_name(&self, attempt: &Attempt, params: &BackupParams) -> Result<String> {
        let name = params
            .backup_name
            .clone()
            .unwrap_or_else(|| format!("{}_{}", attempt.collection.name, attempt.created_at.strftime("%Y%m%d_%H%M%S")));
        match self.backup_named(attempt, &name).await? {
            None => Ok(name),
            // Two backups in one second: the default name gets the randomness of the identifier.
            Some(_) if params.backup_name.is_none() => Ok(format!("{name}_{}", &attempt.backup_id.as_str()[17..])),
            Some(existing) => Err(name_taken(&attempt.collection, existing)),
        }
    }

    /// The backup of the collection that has this name.
    pub(super) async fn backup_named(&self, attempt: &Attempt, name: &str) -> Result<Option<BackupMetadata>> {
        let backups = self.repository.store.list(Some(&attempt.collection)).await?.backups;
        attempt.previous.get_or_init(|| backups.iter().map(BackupVersion::from).collect());
        Ok(backups.into_iter().find(|metadata| metadata.backup_name == name))
    }

    pub(super) fn announce(&self, attempt: &Attempt) {
        self.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Create,
            backup_id: attempt.backup_id.clone(),
            collection: attempt.collection.to_string(),
        });
        if attempt.pin.is_alias() {
            self.repository.progress.event(ProgressEvent::StateChanged {
                state: BackupState::InProgress,
                message: format!("`{}` is an alias of collection `{}`", attempt.pin.asked, attempt.pin.name),
            });
        }
    }

    pub(super) fn announce_plan(&self, plan: &BackupPlan) {
        let partitions = plan.partitions.iter();
        let partition_rows: BTreeMap<_, _> =
            partitions.map(|partition| (partition.name.clone(), partition.expected_rows)).collect();
        let total_rows = partition_rows.values().sum();
        let total_bytes = total_rows * plan.description.schema.estimated_row_bytes();
        let state = BackupState::InProgress;
        self.repository.progress.event(ProgressEvent::Planned { state, total_rows, total_bytes, partition_rows });
    }

    async fn verify_created(
        &self,
        attempt: &Attempt,
        metadata: BackupMetadata,
        params: &BackupParams,
    ) -> Result<BackupMetadata> {
        if !params.verify_after.unwrap_or(self.repository.config.auto_verify_after_backup) {
            return Ok(metadata);
        }
        self.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::Verifying,
            message: format!("verifying backup {}", attempt.backup_id),
        });
        let verification = self.repository.require_verified(&attempt.collection, &attempt.backup_id);
        let deadline = self.repository.config.verification_timeout;
        if let Err(error) = self.repository.environment.bounded(deadline, verification).await {
            let message = format!("backup {} is written and listed, but not verified", attempt.backup_id);
            self.repository.progress.event(ProgressEvent::Warning { message });
            return Err(error);
        }
        Ok(self.repository.store.open(&attempt.collection, &attempt.backup_id).await?.metadata)
    }

    /// Removes what the attempt wrote, and returns the error to report. What can be continued is kept where the
    /// reason may pass, such as a Milvus that is gone for a while, or where it had been kept before.
    async fn discard_unfinished(&self, attempt: &Attempt, error: Error) -> Error {
        if !attempt.writing.load(Ordering::Acquire) {
            return error;
        }
        let wanted = attempt.resumed || (error.retryable() && error.kind() != ErrorKind::InProgress);
        let store = &self.repository.store;
        let interrupted = store.interrupted(&attempt.collection, &attempt.backup_id).await;
        if wanted && interrupted.is_ok_and(|interrupted| interrupted.completed_chunks > 0) {
            return attempt.failure(error, true);
        }
        if let Err(leftover) = store.discard(&attempt.collection, &attempt.backup_id).await {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot remove what the failed backup left: {}", leftover.full_message()),
            });
        }
        attempt.failure(error, false)
    }
}

/// Rows that are written, and what is said of them.
pub(super) type Written = (Box<dyn PendingBackup>, Completion);

/// The error for a name that another backup has.
pub(super) fn name_taken(collection: &CollectionRef, existing: BackupMetadata) -> Error {
    Error::BackupAlreadyExists {
        collection: collection.to_string(),
        backup_name: existing.backup_name,
        existing: existing.backup_id,
    }
}
