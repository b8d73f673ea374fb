//! Restore: from a committed backup to a collection. The steps are in the order in which [`RestoreJob`] takes them.

use milvus_backup_core::{
    BackedUpDefinition, BackupId, Capabilities, CollectionName, CollectionRef, PinnedCollection, RestoreMethod,
    RestoreParams, RestorePlan, RestoreResult, Result, StoredBackup,
};

use super::access::needed_access;
use super::checks::{require_acceptable_rows, require_nothing_failed, require_whole};
use super::selection::select_partitions;
use super::staged::Staged;
use super::target::Target;
use super::undoing::Undo;
use crate::BackupManager;
use crate::maintain::staging_name;
use crate::undo::UndoStack;

/// One restore of one backup.
#[derive(Debug)]
pub(super) struct RestoreJob<'a> {
    pub(super) manager: &'a BackupManager,
    pub(super) params: &'a RestoreParams,
    /// The collection whose backup is read.
    pub(super) source: CollectionRef,
    pub(super) backup: StoredBackup,
    pub(super) target: CollectionName,
    pub(super) staging: CollectionName,
    pub(super) randomness: [u8; 4],
    pub(super) phase: Phase,
    pub(super) undo: UndoStack<Undo>,
    /// Whether this job created the collection that is being filled.
    pub(super) created: bool,
    /// The existing collection with the name of the target, which is to be replaced or filled.
    pub(super) existing: Option<PinnedCollection>,
    /// The aliases of that collection, which a replacement takes over.
    pub(super) existing_aliases: Vec<String>,
}

/// The phase of a restore, which determines the consequences of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was changed yet.
    Checking,
    /// A collection is created and filled, or an existing one is filled.
    Inserting,
    /// The collection has its name.
    Published,
}

impl BackupManager {
    /// Restores a backup as a collection.
    ///
    /// Rows go into a staging collection, which takes the name of the target only when its rows are counted. With
    /// [`RestoreParams::drop_existing`] the old collection is dropped after that. With
    /// [`RestoreParams::into_existing`] rows are inserted into the collection that is there.
    ///
    /// # Errors
    /// Before anything is touched: [`BackupNotFound`](milvus_backup_core::Error::BackupNotFound),
    /// [`PartitionNotFound`](milvus_backup_core::Error::PartitionNotFound),
    /// [`TargetExists`](milvus_backup_core::Error::TargetExists),
    /// [`Corrupted`](milvus_backup_core::Error::Corrupted),
    /// [`SchemaIncompatible`](milvus_backup_core::Error::SchemaIncompatible),
    /// [`Refused`](milvus_backup_core::Error::Refused). Later:
    /// [`Restore`](milvus_backup_core::Error::Restore) around the cause; the staging collection is dropped then.
    pub async fn restore_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &RestoreParams,
    ) -> Result<RestoreResult> {
        params.validate()?;
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.repository.config.default_restore_timeout);
        let backup = self.repository.store.open(collection, backup_id).await?;
        let mut job = RestoreJob::new(self, collection, backup, params)?;
        let staged = environment.bounded(deadline, job.stage()).await;
        let (staged, cleanup_failures) = job.end(staged).await?;
        if params.load_after_restore {
            let load = self.catalog.load_collection(&job.target, job.backup.metadata.replica_number);
            environment.bounded(deadline, load).await.map_err(|error| job.failure(error))?;
        }
        let mut result = staged.into_result(&job, cleanup_failures);
        result.execution_time_ms = self.repository.milliseconds_since(started);
        Ok(result)
    }

    /// Returns the default number of concurrent inserts or imports. Inserts are doubled, so that the next one is ready while
    /// the server processes one.
    fn default_concurrency(&self, method: RestoreMethod) -> usize {
        let chunks = self.repository.config.max_concurrent_chunks;
        if method == RestoreMethod::Insert { chunks.saturating_mul(2) } else { chunks }
    }
}

impl<'a> RestoreJob<'a> {
    fn new(
        manager: &'a BackupManager,
        source: &CollectionRef,
        backup: StoredBackup,
        params: &'a RestoreParams,
    ) -> Result<Self> {
        let randomness = manager.repository.environment.entropy.bytes()?;
        let asked = params.target_collection_name.clone();
        let target = asked.unwrap_or_else(|| backup.metadata.collection_name.clone());
        Ok(Self {
            manager,
            params,
            source: source.clone(),
            backup,
            staging: staging_name(&target, randomness)?,
            target,
            randomness,
            phase: Phase::Checking,
            undo: UndoStack::default(),
            created: false,
            existing: None,
            existing_aliases: Vec::new(),
        })
    }

    /// Publishes the staged collection, or undoes everything. Returns the cleanup steps that failed.
    async fn end(&mut self, staged: Result<Staged>) -> Result<(Staged, Vec<String>)> {
        let published = match staged {
            // The swap of names is short, and interrupting it would leave neither collection in place.
            Ok(staged) => self.publish(&staged).await.map(|cleanup_failures| (staged, cleanup_failures)),
            Err(error) => Err(error),
        };
        match published {
            Ok(published) => {
                self.finish().await;
                Ok(published)
            }
            Err(error) => Err(self.undone(error).await),
        }
    }

    /// Runs all steps up to a complete collection that does not have its final name yet.
    async fn stage(&mut self) -> Result<Staged> {
        let (manager, params) = (self.manager, self.params);
        let partitions = select_partitions(&self.backup.metadata, &params.partition_names)?;
        let capabilities = manager.catalog.capabilities().await?;
        self.require_usable_target(&capabilities).await?;
        if self.replaces_whole() {
            require_whole(&self.target, &self.backup.metadata, &partitions)?;
        }
        require_acceptable_rows(&self.backup, &partitions, &capabilities)?;
        let definition = manager.repository.store.definition(&self.backup.metadata).await?;
        let target = self.checked_target(&definition, &capabilities).await?;
        self.announce();
        let verify = params.verify_before_restore.unwrap_or(manager.repository.config.auto_verify_before_restore);
        if verify {
            manager.repository.require_verified(&self.source, &self.backup.metadata.backup_id).await?;
        }
        self.announce_plan_of(&target, &partitions);
        let filled = self.filled(&capabilities);
        manager.catalog.require_access(&filled, &needed_access(&target, &definition, &partitions, params)).await?;
        self.phase = Phase::Inserting;
        let plan = self.plan(filled, &definition, &target, partitions, &capabilities);
        let (filled, indexes) = if params.into_existing {
            (manager.insert_rows(&plan, false, &manager.repository.progress).await?, 0)
        } else {
            self.create_with_retries(&plan, &definition).await?
        };
        if params.into_existing
            && let Some(pin) = &self.existing
        {
            manager.require_unmoved(pin).await?;
        }
        if self.replaces_whole() {
            require_nothing_failed(&self.target, &filled)?;
        }
        Ok(Staged { plan, target, filled, indexes, verified: verify })
    }

    /// Returns whether an existing collection is replaced, and only a full one may replace it.
    fn replaces_whole(&self) -> bool {
        self.existing.is_some() && self.params.drop_existing && !self.params.replace_with_part
    }

    /// Returns the collection to fill: the staging collection, or the target itself if the server cannot rename.
    fn filled(&self, capabilities: &Capabilities) -> CollectionName {
        let renames = capabilities.rename && !self.params.into_existing;
        if renames { self.staging.clone() } else { self.target.clone() }
    }

    fn plan(
        &self,
        filled: CollectionName,
        definition: &BackedUpDefinition,
        target: &Target,
        partitions: Vec<String>,
        capabilities: &Capabilities,
    ) -> RestorePlan {
        let (params, config) = (self.params, &self.manager.repository.config);
        RestorePlan {
            backup: self.backup.clone(),
            target: filled,
            stored_schema: definition.schema.clone(),
            schema: target.schema.clone(),
            omit_columns: target.omit_columns.clone(),
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
            flush_between_partitions: capabilities.flush_between_partitions,
            verify_checksums: config.enable_checksum_verification,
            method: params.method,
            concurrency: params.concurrency.unwrap_or_else(|| self.manager.default_concurrency(params.method)),
            memory_limit_bytes: config.memory_limit_bytes,
        }
    }
}
