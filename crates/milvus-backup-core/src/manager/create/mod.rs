//! Create: from a collection to a committed backup.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures::future::try_join_all;

use super::BackupManager;
use super::limitations::{collection_limitations, compare_counts};
use super::plan::select_partitions;
use crate::error::{Error, ErrorKind, Result};
use crate::milvus::LoadState;
use crate::model::{BackupMetadata, BackupResult, BackupState};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::{BackupParams, LoadPolicy};
use crate::progress::{Operation, ProgressEvent};
use crate::store::{BackupPlan, CollectionLock, Completion, PendingBackup};

impl BackupManager {
    /// Backs up a collection, or some of its partitions.
    ///
    /// The backup is visible to other calls only once it is whole and durable. With verification after the backup
    /// (the default) it has also been read back and compared.
    ///
    /// # Errors
    /// Before anything is written: [`Error::InvalidParameter`], [`Error::CollectionNotFound`],
    /// [`Error::PartitionNotFound`], [`Error::BackupAlreadyExists`], [`Error::InsufficientStorage`]. Later:
    /// [`Error::Backup`] around the cause; what was written is removed then.
    pub async fn create_backup(&self, collection: &CollectionName, params: &BackupParams) -> Result<BackupResult> {
        params.validate()?;
        let created_at = self.repository.environment.clock.now();
        let backup_id = BackupId::new(created_at, self.repository.environment.entropy.bytes()?);
        let attempt = Attempt::new(self.collection(collection)?, backup_id, created_at);
        let work = self.read_and_write(&attempt, params);
        self.run(&attempt, params, work).await
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
            Err(error) => Err(error),
        };
        self.leave_as_found(attempt).await;
        match outcome {
            Ok(metadata) => self.verify_created(attempt, metadata, params).await,
            Err(error) => Err(self.discard_unfinished(attempt, error).await),
        }
    }

    /// Commits while the lock is held. A process that was paused just before and lost it meanwhile finds out right
    /// after, and takes its commit back: its files may be gone.
    async fn commit(
        &self,
        attempt: &Attempt,
        pending: Box<dyn PendingBackup>,
        completion: Completion,
    ) -> Result<BackupMetadata> {
        attempt.require_lock().await?;
        let metadata = pending.commit(completion).await?;
        if let Err(lost) = attempt.require_lock().await {
            self.repository.store.delete(&attempt.collection, &attempt.backup_id).await?;
            return Err(lost);
        }
        Ok(metadata)
    }

    async fn read_and_write(&self, attempt: &Attempt, params: &BackupParams) -> Result<Written> {
        let name = &attempt.collection.name;
        let description = self.milvus.describe_collection(name).await?;
        let partitions = select_partitions(name, &description, &params.partition_names)?;
        self.repository.store.prepare().await?;
        self.take_lock(attempt).await?;
        let backup_name = self.unused_name(attempt, params).await?;
        let was_loaded = self.ensure_loaded(attempt, params.load).await?;
        let plan = self.plan(attempt, params, description, partitions, backup_name, was_loaded).await?;
        self.require_space(&plan, 0).await?;
        self.announce(&plan);
        attempt.writing.store(true, Ordering::Release);
        let write = |progress| self.repository.store.write(self.milvus.clone(), plan.clone(), progress);
        let pending = self.watched(&self.repository.progress, write).await?;
        let completion = self.complete(&plan, pending.as_ref()).await?;
        Ok((pending, completion))
    }

    pub(super) async fn take_lock(&self, attempt: &Attempt) -> Result<()> {
        let environment = &self.repository.environment;
        let lock = self.repository.store.lock(&attempt.collection, Operation::Create, environment).await?;
        attempt.lock.get_or_init(|| lock);
        Ok(())
    }

    /// The name of the backup, which no other backup of the collection has.
    async fn unused_name(&self, attempt: &Attempt, params: &BackupParams) -> Result<String> {
        let name = params
            .backup_name
            .clone()
            .unwrap_or_else(|| format!("{}_{}", attempt.collection.name, attempt.created_at.strftime("%Y%m%d_%H%M%S")));
        match self.backup_named(&attempt.collection, &name).await? {
            None => Ok(name),
            // Two backups in one second: the default name gets the randomness of the identifier.
            Some(_) if params.backup_name.is_none() => Ok(format!("{name}_{}", &attempt.backup_id.as_str()[17..])),
            Some(existing) => Err(name_taken(&attempt.collection, existing)),
        }
    }

    /// The backup of the collection that has this name.
    pub(super) async fn backup_named(&self, collection: &CollectionRef, name: &str) -> Result<Option<BackupMetadata>> {
        let backups = self.repository.store.list(Some(collection)).await?.backups;
        Ok(backups.into_iter().find(|metadata| metadata.backup_name == name))
    }

    pub(super) async fn ensure_loaded(&self, attempt: &Attempt, policy: LoadPolicy) -> Result<bool> {
        let name = &attempt.collection.name;
        match self.milvus.load_state(name).await? {
            LoadState::Loaded => return Ok(true),
            // Someone else is loading it: we wait, and leave it loaded.
            LoadState::Loading => {
                self.milvus.load_collection(name, None).await?;
                return Ok(true);
            }
            LoadState::NotLoaded => {}
        }
        if policy == LoadPolicy::Never {
            return Err(Error::Refused {
                reason: format!("collection `{name}` is not loaded, and so cannot be read"),
                hint: "load it first, or let `--load auto` load it and release it afterwards".to_owned(),
            });
        }
        self.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::InProgress,
            message: format!("loading collection {name}"),
        });
        attempt.loaded_by_us.store(true, Ordering::Release);
        self.milvus.load_collection(name, None).await?;
        Ok(false)
    }

    pub(super) fn announce(&self, plan: &BackupPlan) {
        let total_rows = plan.partitions.iter().map(|partition| partition.expected_rows).sum();
        self.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Create,
            backup_id: plan.backup_id.clone(),
            collection: plan.collection.to_string(),
            total_rows,
            total_bytes: total_rows * plan.description.schema.estimated_row_bytes(),
        });
    }

    /// Counts again, and says what the backup cannot bring back.
    pub(super) async fn complete(&self, plan: &BackupPlan, pending: &dyn PendingBackup) -> Result<Completion> {
        let name = &plan.collection.name;
        let written = pending.rows_per_partition();
        self.require_unchanged(plan, &written).await?;
        let counts = try_join_all(plan.partitions.iter().zip(&written).map(|(partition, written)| async move {
            if written.is_none() {
                return Ok(None);
            }
            let addressed = partition.addressable.then_some(partition.name.as_str());
            self.milvus.count_rows(name, &plan.description.schema, addressed, plan.read_point).await.map(Some)
        }))
        .await?;
        let failed = pending.failed_partitions().iter();
        let mut limitations: Vec<String> =
            failed.map(|failed| format!("partition `{}` is missing: {}", failed.name, failed.error)).collect();
        limitations.extend(collection_limitations(plan));
        limitations.extend(compare_counts(plan, &written, &counts));
        for message in &limitations {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
        Ok(Completion { completed_at: self.repository.environment.clock.now(), limitations })
    }

    /// Some servers return no rows, and no error, for a partition that was dropped: it did not fail, and is not whole.
    ///
    /// # Errors
    /// [`Error::PartitionNotFound`], and [`Error::Protocol`] for another schema: the collection was made anew.
    async fn require_unchanged(&self, plan: &BackupPlan, written: &[Option<u64>]) -> Result<()> {
        let name = &plan.collection.name;
        let now = self.milvus.describe_collection(name).await?;
        if now.schema.fields != plan.description.schema.fields {
            return Err(Error::Protocol { message: format!("the fields of `{name}` changed while it was read") });
        }
        let read = plan.partitions.iter().zip(written).filter(|(_, written)| written.is_some());
        let mut addressed = read.map(|(partition, _)| partition).filter(|partition| partition.addressable);
        match addressed.find(|partition| !now.partitions.contains(&partition.name)) {
            Some(dropped) => Err(Error::PartitionNotFound {
                partition: dropped.name.clone(),
                owner: name.to_string(),
                available: now.partitions,
            }),
            None => Ok(()),
        }
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
        self.repository.store.get(&attempt.collection, &attempt.backup_id).await
    }

    async fn leave_as_found(&self, attempt: &Attempt) {
        if attempt.loaded_by_us.load(Ordering::Acquire)
            && let Err(error) = self.milvus.release_collection(&attempt.collection.name).await
        {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot release collection `{}`: {}", attempt.collection, error.full_message()),
            });
        }
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

/// One run of a create, as far as cleaning up after it needs to know.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) collection: CollectionRef,
    pub(super) backup_id: BackupId,
    pub(super) created_at: jiff::Timestamp,
    /// Whether it goes on with what another attempt wrote.
    pub(super) resumed: bool,
    pub(super) lock: OnceLock<Arc<dyn CollectionLock>>,
    pub(super) loaded_by_us: AtomicBool,
    pub(super) writing: AtomicBool,
}

impl Attempt {
    pub(super) fn new(collection: CollectionRef, backup_id: BackupId, created_at: jiff::Timestamp) -> Self {
        Self {
            collection,
            backup_id,
            created_at,
            resumed: false,
            lock: OnceLock::new(),
            loaded_by_us: AtomicBool::new(false),
            writing: AtomicBool::new(false),
        }
    }

    async fn require_lock(&self) -> Result<()> {
        match self.lock.get() {
            Some(lock) => lock.check().await,
            None => Ok(()),
        }
    }

    fn failure(&self, source: Error, resumable: bool) -> Error {
        Error::Backup {
            collection: self.collection.to_string(),
            backup_id: Some(self.backup_id.clone()),
            resumable,
            source: Box::new(source),
        }
    }
}

/// The error for a name that another backup has.
pub(super) fn name_taken(collection: &CollectionRef, existing: BackupMetadata) -> Error {
    Error::BackupAlreadyExists {
        collection: collection.to_string(),
        backup_name: existing.backup_name,
        existing: existing.backup_id,
    }
}
