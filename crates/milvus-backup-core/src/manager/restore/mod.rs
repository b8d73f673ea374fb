//! Restore: from a committed backup to a collection.

mod fill;
mod selection;
mod target;

use std::sync::atomic::{AtomicBool, Ordering};

use super::BackupManager;
use super::staging::{exchange_names, staging_name};
use crate::error::{Error, Result};
use crate::milvus::Capabilities;
use crate::model::{BackupMetadata, BackupState, RestoreResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::RestoreParams;
use crate::progress::{Operation, ProgressEvent};
use crate::schema::schema_differences;
use crate::store::{BackedUpDefinition, RestorePlan};
use fill::Filled;
use selection::select_partitions;
use target::Target;

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
        let metadata = self.repository.store.get(collection, backup_id).await?;
        let target = params.target_collection_name.clone().unwrap_or_else(|| metadata.collection_name.clone());
        let attempt = Attempt {
            staging: staging_name(&target, randomness)?,
            target,
            randomness,
            touched: AtomicBool::new(false),
            in_place: AtomicBool::new(false),
        };
        let operation = self.restore(&attempt, collection, &metadata, params);
        let mut result = match self.repository.environment.bounded(deadline, operation).await {
            Ok(result) => result,
            Err(error) => return Err(self.drop_unfinished(&attempt, params, backup_id, error).await),
        };
        result.execution_time_ms = self.repository.milliseconds_since(started);
        Ok(result)
    }

    async fn restore(
        &self,
        attempt: &Attempt,
        collection: &CollectionRef,
        metadata: &BackupMetadata,
        params: &RestoreParams,
    ) -> Result<RestoreResult> {
        let partitions = select_partitions(metadata, &params.partition_names)?;
        let capabilities = self.milvus.capabilities().await?;
        self.require_free_target(attempt, params, &capabilities).await?;
        let definition = self.repository.store.definition(metadata).await?;
        let target = self.plan_target(attempt, &definition, params, &capabilities).await?;
        if params.with_aliases && !params.into_existing {
            self.require_free_aliases(attempt, metadata).await?;
        }
        let verify = params.verify_before_restore.unwrap_or(self.repository.config.auto_verify_before_restore);
        if verify {
            self.repository.require_verified(collection, &metadata.backup_id).await?;
        }
        self.announce_restore(attempt, metadata, &target, &partitions);
        let plan = RestorePlan {
            metadata: metadata.clone(),
            target: attempt.filled(params, &capabilities),
            stored_schema: definition.schema.clone(),
            schema: target.schema.clone(),
            omit_columns: target.omit_columns.clone(),
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
            verify_checksums: self.repository.config.enable_checksum_verification,
            concurrency: params.concurrency.unwrap_or(self.repository.config.max_concurrent_chunks),
            memory_limit_bytes: self.repository.config.memory_limit_bytes,
        };
        let filled = if params.into_existing { self.add_rows(&plan).await? } else { self.fill(&plan).await? };
        let indexes_restored = self.finish(attempt, &plan, &target, &definition, params).await?;
        let mut limitations = metadata.limitations.clone();
        limitations.extend(target.limitations);
        Ok(result(attempt, plan, &filled, indexes_restored, verify, limitations))
    }

    async fn require_free_target(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        capabilities: &Capabilities,
    ) -> Result<()> {
        if params.into_existing || !self.milvus.has_collection(&attempt.target).await? {
            return Ok(());
        }
        if !params.drop_existing {
            return Err(Error::TargetExists { collection: attempt.target.to_string() });
        }
        if capabilities.rename {
            return Ok(());
        }
        let version = &capabilities.server_version;
        Err(Error::Unsupported {
            what: format!(
                "replacing a collection on Milvus {version}, which cannot rename one: restore to another name"
            ),
        })
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

    /// An alias that another collection has is never taken from it.
    async fn require_free_aliases(&self, attempt: &Attempt, metadata: &BackupMetadata) -> Result<()> {
        let replaced = match self.milvus.describe_collection(&attempt.target).await {
            Ok(description) => description.aliases,
            Err(Error::CollectionNotFound { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        for alias in metadata.aliases.iter().filter(|alias| !replaced.contains(alias)) {
            if self.milvus.has_collection(&alias.parse()?).await? {
                return Err(Error::Refused {
                    reason: format!("alias `{alias}` belongs to another collection"),
                    hint: "restore without --with-aliases, or remove that alias first".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Everything after the rows: indexes, the name, properties, aliases, load. Returns the number of indexes.
    async fn finish(
        &self,
        attempt: &Attempt,
        plan: &RestorePlan,
        target: &Target,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
    ) -> Result<u64> {
        let milvus = self.milvus.as_ref();
        let mut indexes = 0;
        if !params.into_existing {
            indexes = self.restore_indexes(&plan.target, definition, params).await?;
            if target.changes_properties() {
                milvus.alter_properties(&plan.target, &target.late_properties, &target.removed_properties).await?;
            }
            if plan.target != attempt.target {
                exchange_names(milvus, &plan.target, &attempt.target, attempt.randomness).await?;
            }
        }
        attempt.touched.store(false, Ordering::Release);
        if params.with_aliases && !params.into_existing {
            self.restore_aliases(&attempt.target, &plan.metadata.aliases).await?;
        }
        if params.load_after_restore {
            milvus.load_collection(&attempt.target, plan.metadata.replica_number).await?;
        }
        Ok(indexes)
    }

    async fn restore_indexes(
        &self,
        collection: &CollectionName,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
    ) -> Result<u64> {
        let indexes = definition.indexes.as_deref().unwrap_or_default();
        if !params.restore_indexes || indexes.is_empty() {
            return Ok(0);
        }
        self.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::InProgress,
            message: format!("creating {} indexes", indexes.len()),
        });
        for index in indexes {
            self.milvus.create_index(collection, index).await?;
        }
        Ok(indexes.len() as u64)
    }

    async fn restore_aliases(&self, collection: &CollectionName, aliases: &[String]) -> Result<()> {
        let present = self.milvus.describe_collection(collection).await?.aliases;
        for alias in aliases.iter().filter(|alias| !present.contains(alias)) {
            self.milvus.create_alias(collection, alias).await?;
        }
        Ok(())
    }

    fn announce_restore(&self, attempt: &Attempt, metadata: &BackupMetadata, target: &Target, partitions: &[String]) {
        let chosen = || metadata.partitions.iter().filter(|partition| partitions.contains(&partition.name));
        self.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Restore,
            backup_id: metadata.backup_id.clone(),
            collection: attempt.target.to_string(),
            total_rows: chosen().map(|partition| partition.row_count).sum(),
            total_bytes: chosen().flat_map(|p| &p.chunks).map(|chunk| chunk.uncompressed_size_bytes).sum(),
        });
        for message in metadata.limitations.iter().chain(&target.limitations) {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
        attempt.touched.store(true, Ordering::Release);
    }

    /// Drops the unfinished collection of a failed restore, and returns the error to report.
    async fn drop_unfinished(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        backup_id: &BackupId,
        error: Error,
    ) -> Error {
        if !attempt.touched.load(Ordering::Acquire) {
            return error;
        }
        // What was inserted into a collection of the user stays: it cannot be told from the other rows.
        if !params.into_existing {
            // Where the server cannot rename, the target itself was being filled; it had not existed before.
            let doomed = if attempt.in_place.load(Ordering::Acquire) { &attempt.target } else { &attempt.staging };
            if let Err(leftover) = self.milvus.drop_collection(doomed).await {
                self.repository.progress.event(ProgressEvent::Warning {
                    message: format!("cannot drop `{doomed}`: {}", leftover.full_message()),
                });
            }
        }
        Error::Restore { backup_id: backup_id.clone(), target: attempt.target.to_string(), source: Box::new(error) }
    }
}

/// One run of a restore, as far as cleaning up after it needs to know.
#[derive(Debug)]
struct Attempt {
    target: CollectionName,
    staging: CollectionName,
    randomness: [u8; 4],
    /// Whether there may be something to clean up when the attempt fails.
    touched: AtomicBool,
    /// Whether the target itself is being filled.
    in_place: AtomicBool,
}

impl Attempt {
    /// The collection to fill: the staging collection, or the target itself where the server cannot rename.
    fn filled(&self, params: &RestoreParams, capabilities: &Capabilities) -> CollectionName {
        if capabilities.rename && !params.into_existing {
            return self.staging.clone();
        }
        self.in_place.store(true, Ordering::Release);
        self.target.clone()
    }
}

fn result(
    attempt: &Attempt,
    plan: RestorePlan,
    filled: &Filled,
    indexes_restored: u64,
    verification_passed: bool,
    mut limitations: Vec<String>,
) -> RestoreResult {
    limitations.extend(filled.failed.iter().map(|(name, error)| format!("partition `{name}` is missing: {error}")));
    let is_whole = |name: &String| filled.failed.iter().all(|(failed, _)| failed != name);
    RestoreResult {
        success: filled.failed.is_empty(),
        backup_id: plan.metadata.backup_id,
        source_collection_name: plan.metadata.collection_name.to_string(),
        target_collection_name: attempt.target.to_string(),
        rows_restored: filled.rows,
        partitions_restored: plan.partitions.into_iter().filter(is_whole).collect(),
        indexes_restored,
        verification_passed,
        limitations,
        execution_time_ms: 0,
    }
}
