//! Restore: from a committed backup to a collection.

use std::sync::atomic::Ordering;

use milvus_backup_core::schema::schema_differences;
use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupState, Capabilities, CollectionRef, Error, Operation, ProgressEvent,
    RestoreMethod, RestoreParams, RestorePlan, RestoreResult, Result, StoredBackup,
};

use super::access::needed_access;
use super::attempt::Attempt;
use super::checks::{require_acceptable_rows, require_loadable, require_nothing_failed, require_whole};
use super::selection::select_partitions;
use super::staged::Staged;
use super::target::{Target, database_differences, require_importable};
use crate::BackupManager;
use crate::maintain::staging_name;

impl BackupManager {
    /// Brings a backup back as a collection.
    ///
    /// Rows go into a staging collection, which takes the name of the target only when its rows are counted. With
    /// [`RestoreParams::drop_existing`] the old collection is dropped after that. With
    /// [`RestoreParams::into_existing`] rows are inserted into the collection that is there.
    ///
    /// # Errors
    /// Before anything is touched: [`Error::BackupNotFound`], [`Error::PartitionNotFound`],
    /// [`Error::TargetExists`], [`Error::Corrupted`], [`Error::SchemaIncompatible`], [`Error::Refused`]. Later:
    /// [`Error::Restore`] around the cause; the staging collection is dropped then.
    pub async fn restore_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &RestoreParams,
    ) -> Result<RestoreResult> {
        params.validate()?;
        let started = self.repository.environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.repository.config.default_restore_timeout);
        let randomness = self.repository.environment.entropy.bytes()?;
        let backup = self.repository.store.open(collection, backup_id).await?;
        let metadata = &backup.metadata;
        let target = params.target_collection_name.clone().unwrap_or_else(|| metadata.collection_name.clone());
        let attempt = Attempt::new(collection.clone(), staging_name(&target, randomness)?, target, randomness);
        let environment = &self.repository.environment;
        let staged = environment.bounded(deadline, self.stage(&attempt, collection, &backup, params)).await;
        let outcome = match staged {
            // The exchange of names is short, and to cut it in two would leave neither collection in place.
            Ok(staged) => self.publish(&attempt, params, &staged).await.map(|untidy| (staged, untidy)),
            Err(error) => Err(error),
        };
        let outcome = match outcome {
            Ok(published) => Ok(published),
            Err(error) => Err(self.undone(&attempt, params, backup_id, error).await),
        };
        if let Some(pin) = attempt.existing.get() {
            self.unpin(pin).await;
        }
        let (staged, untidy) = outcome?;
        if params.load_after_restore {
            let load = self.milvus.load_collection(&attempt.target, metadata.replica_number);
            environment.bounded(deadline, load).await.map_err(|error| attempt.failure(backup_id, error))?;
        }
        let mut result = staged.into_result(&attempt, untidy, params);
        result.execution_time_ms = self.repository.milliseconds_since(started);
        Ok(result)
    }

    /// Everything up to a collection that is whole, but does not have its name yet.
    async fn stage(
        &self,
        attempt: &Attempt,
        collection: &CollectionRef,
        backup: &StoredBackup,
        params: &RestoreParams,
    ) -> Result<Staged> {
        let metadata = &backup.metadata;
        let partitions = select_partitions(metadata, &params.partition_names)?;
        let capabilities = self.milvus.capabilities().await?;
        self.require_usable_target(attempt, params, &capabilities).await?;
        if attempt.existing.get().is_some() && params.drop_existing && !params.replace_with_part {
            require_whole(attempt, metadata, &partitions)?;
        }
        require_acceptable_rows(backup, &partitions, &capabilities)?;
        let definition = self.repository.store.definition(metadata).await?;
        let mut target = self.plan_target(attempt, &definition, params, &capabilities).await?;
        if params.method == RestoreMethod::Import {
            require_importable(&target, &capabilities)?;
        }
        if params.load_after_restore && !params.into_existing && capabilities.load_needs_index {
            require_loadable(&target, &definition, params)?;
        }
        if !definition.database_properties.is_empty() {
            match self.milvus.database_properties().await {
                Ok(found) => {
                    target.limitations.extend(database_differences(&definition.database_properties, &found));
                }
                Err(error @ Error::PermissionDenied { .. }) => {
                    let message = format!("properties of the database are not compared: {}", error.full_message());
                    target.limitations.push(message);
                }
                Err(error) => return Err(error),
            }
        }
        if params.with_aliases && !params.into_existing {
            self.require_free_aliases(attempt, metadata).await?;
        }
        self.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Restore,
            backup_id: metadata.backup_id.clone(),
            collection: attempt.target.to_string(),
        });
        let verify = params.verify_before_restore.unwrap_or(self.repository.config.auto_verify_before_restore);
        if verify {
            self.repository.require_verified(collection, &metadata.backup_id).await?;
        }
        self.announce_plan_of(backup, &target, &partitions);
        let filled = attempt.filled(params, &capabilities);
        self.milvus.require_access(&filled, &needed_access(&target, &definition, &partitions, params)).await?;
        attempt.touched.store(true, Ordering::Release);
        let plan = RestorePlan {
            backup: backup.clone(),
            target: filled,
            stored_schema: definition.schema.clone(),
            schema: target.schema.clone(),
            omit_columns: target.omit_columns.clone(),
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
            flush_between_partitions: capabilities.flush_between_partitions,
            verify_checksums: self.repository.config.enable_checksum_verification,
            method: params.method,
            concurrency: params.concurrency.unwrap_or_else(|| self.default_concurrency(params.method)),
            memory_limit_bytes: self.repository.config.memory_limit_bytes,
        };
        let (filled, indexes) = if params.into_existing {
            (self.insert_rows(&plan, false, &self.repository.progress).await?, 0)
        } else {
            self.make_anew(attempt, &plan, &definition, params).await?
        };
        if params.into_existing
            && let Some(pin) = attempt.existing.get()
        {
            self.require_unmoved(pin).await?;
        }
        if params.drop_existing && attempt.existing.get().is_some() && !params.replace_with_part {
            require_nothing_failed(attempt, &filled)?;
        }
        Ok(Staged { plan, target, filled, indexes, verified: verify })
    }

    /// The schema to insert by, checked against the server, and against the collection when that exists.
    async fn plan_target(
        &self,
        attempt: &Attempt,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
        capabilities: &Capabilities,
    ) -> Result<Target> {
        if !params.into_existing {
            return Target::new(&definition.schema, params.auto_id, capabilities);
        }
        let existing = self.milvus.describe_collection(&attempt.target).await?.schema;
        let incompatibilities = schema_differences(&definition.schema, &existing);
        if !incompatibilities.is_empty() {
            let target = format!("collection `{}`", attempt.target);
            return Err(Error::SchemaIncompatible { target, incompatibilities });
        }
        Target::existing(existing, params.auto_id, capabilities)
    }

    /// While a server takes an insert in, the next one should be there already.
    fn default_concurrency(&self, method: RestoreMethod) -> usize {
        let chunks = self.repository.config.max_concurrent_chunks;
        if method == RestoreMethod::Insert { chunks.saturating_mul(2) } else { chunks }
    }

    fn announce_plan_of(&self, backup: &StoredBackup, target: &Target, partitions: &[String]) {
        let chosen = || backup.manifest.partitions.iter().filter(|partition| partitions.contains(&partition.name));
        self.repository.progress.event(ProgressEvent::Planned {
            state: BackupState::InProgress,
            total_rows: chosen().map(|partition| partition.row_count).sum(),
            total_bytes: chosen().flat_map(|p| &p.chunks).map(|chunk| chunk.uncompressed_size_bytes).sum(),
            partition_rows: chosen().map(|partition| (partition.name.clone(), partition.row_count)).collect(),
        });
        for message in backup.metadata.limitations.iter().chain(&target.limitations) {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
    }
}
