//! The steps of a restore: from a committed backup to a collection, in this order.

use std::sync::Arc;

use milvus_backup_core::{
    AffectedOperation, BackedUpDefinition, BackupId, Capabilities, CollectionName, CollectionRef, Error, RestoreMethod,
    RestoreParams, RestorePlan, RestoreResult, Result, StoredBackup, VerifiedBackup,
};

use super::access::needed_access;
use super::checks::{require_acceptable_rows, require_nothing_failed, require_whole};
use super::job::{Lifetime, Phase, RestoreJob};
use super::replication::require_accepts_writes;
use super::selection::select_partitions;
use super::staged::Staged;
use super::target::Target;
use crate::BackupManager;

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
        self.restore(collection, backup_id, params, Lifetime::Permanent).await
    }

    pub(crate) async fn restore(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &RestoreParams,
        lifetime: Lifetime,
    ) -> Result<RestoreResult> {
        params.validate()?;
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.repository.config.default_restore_timeout);
        let backup = self.repository.store.open(collection, backup_id).await?;
        let mut job = RestoreJob::new(self, collection, backup, params, lifetime)?;
        let staged = environment.bounded(deadline, Box::pin(job.stage())).await;
        let (staged, untidy) = job.end(staged).await?;
        if params.load_after_restore {
            let load = self.catalog.load_collection(&job.target, job.backup.metadata.replica_number);
            environment.bounded(deadline, load).await.map_err(|error| job.failure(error))?;
        }
        let mut result = staged.into_result(&job, untidy);
        result.execution_time_ms = self.repository.milliseconds_since(started);
        Ok(result)
    }

    /// Creates the database of the catalogue, unless it exists, with the properties that it had when the backup was made.
    pub(crate) async fn create_missing_database(&self, backup: &StoredBackup) -> Result<()> {
        match self.catalog.list_collections().await {
            Err(Error::DatabaseNotFound { .. }) => {
                let definition = self.repository.store.definition(&backup.metadata).await?;
                self.catalog.create_database(&definition.database_properties).await
            }
            listed => listed.map(drop),
        }
    }

    /// While a server accepts an insert, the next one should be there already.
    fn default_concurrency(&self, method: RestoreMethod) -> usize {
        let chunks = self.repository.config.max_concurrent_chunks;
        if method == RestoreMethod::Insert { chunks.saturating_mul(2) } else { chunks }
    }
}

impl RestoreJob<'_> {
    /// Publishes what was staged, or undoes everything. Returns what could not be tidied up.
    async fn end(&mut self, staged: Result<Staged>) -> Result<(Staged, Vec<String>)> {
        let published = match staged {
            // The exchange of names is short, and to cut it in two would leave neither collection in place.
            Ok(staged) => self.publish(&staged).await.map(|untidy| (staged, untidy)),
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

    /// Everything up to a collection that is complete, but does not have its name yet.
    async fn stage(&mut self) -> Result<Staged> {
        let (manager, params) = (self.manager, self.params);
        require_accepts_writes(&manager.catalog.replication_role().await?)?;
        if params.create_database {
            manager.create_missing_database(&self.backup).await?;
        }
        let partitions = select_partitions(&self.backup.metadata, &params.partition_names)?;
        let capabilities = manager.catalog.capabilities().await?;
        self.require_usable_target(&capabilities).await?;
        if self.replaces_whole() {
            require_whole(&self.target, &self.backup.metadata, &partitions)?;
        }
        self.choose_method(&partitions).await?;
        require_acceptable_rows(&self.backup, &partitions, &capabilities)?;
        let definition = manager.repository.store.definition(&self.backup.metadata).await?;
        let target = self.checked_target(&definition, &capabilities).await?;
        self.announce();
        // Damaged files can be fatal to the server that imports them.
        let by_default = manager.repository.config.auto_verify_before_restore || self.method == RestoreMethod::Tool;
        let verify = params.verify_before_restore.unwrap_or(by_default);
        if verify {
            let backup_id = &self.backup.metadata.backup_id;
            manager.repository.require_verified(&self.source, backup_id, VerifiedBackup::Existing).await?;
        }
        self.open_rows().await?;
        self.announce_plan_of(&target, &partitions);
        manager.warn_of_known_issues(affected(self.method)).await?;
        let filled = self.filled(&capabilities);
        manager
            .catalog
            .require_access(&filled, &needed_access(&target, &definition, &partitions, params, self.method))
            .await?;
        self.phase = Phase::Inserting;
        let plan = self.plan(filled, &definition, &target, partitions, &capabilities);
        let (filled, indexes) = if params.into_existing {
            (manager.insert_rows(&plan, self.rows.clone(), false, &manager.repository.progress).await?, 0)
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
            backup: Arc::clone(&self.backup),
            target: filled,
            stored_schema: definition.schema.clone(),
            schema: target.schema.clone(),
            omit_columns: target.omit_columns.clone(),
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
            flush_between_partitions: capabilities.flush_between_partitions,
            verify_checksums: config.enable_checksum_verification,
            method: self.method,
            concurrency: params.concurrency.unwrap_or_else(|| self.manager.default_concurrency(self.method)),
            memory_limit_bytes: config.memory_limit_bytes,
        }
    }
}

/// Returns the operation of the server that fills the collection.
fn affected(method: RestoreMethod) -> AffectedOperation {
    match method {
        RestoreMethod::Import | RestoreMethod::Tool => AffectedOperation::Import,
        _ => AffectedOperation::Insert,
    }
}
