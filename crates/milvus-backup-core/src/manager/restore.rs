//! Restore: from a committed backup to a collection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::BackupManager;
use super::staging::{exchange_names, staging_name};
use crate::error::{Error, Result};
use crate::milvus::Capabilities;
use crate::model::{BackupMetadata, BackupState, RestoreResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::{AutoIdPolicy, RestoreParams};
use crate::progress::{Operation, ProgressEvent};
use crate::schema::CollectionSchema;
use crate::store::{BackedUpDefinition, RestorePlan};

impl BackupManager {
    /// Brings a backup back as a collection.
    ///
    /// Rows go into a staging collection, which takes the name of the target only when its rows are counted. With
    /// [`RestoreParams::drop_existing`] the old collection is dropped after that.
    ///
    /// # Errors
    /// Before anything is touched: [`Error::BackupNotFound`], [`Error::PartitionNotFound`],
    /// [`Error::TargetExists`], [`Error::Corrupted`], [`Error::Refused`]. Later: [`Error::Restore`] around the
    /// cause; the staging collection is dropped then.
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
            staged: AtomicBool::new(false),
            in_place: AtomicBool::new(false),
        };
        let outcome =
            self.repository.environment.bounded(deadline, self.restore(&attempt, collection, &metadata, params)).await;
        let mut result = match outcome {
            Ok(result) => result,
            Err(error) => return Err(self.drop_staging(&attempt, backup_id, error).await),
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
        if !params.drop_existing && self.milvus.has_collection(&attempt.target).await? {
            return Err(Error::TargetExists { collection: attempt.target.to_string() });
        }
        let definition = self.repository.store.definition(metadata).await?;
        let capabilities = self.milvus.capabilities().await?;
        let (schema, omit_columns) = target_schema(&definition.schema, params.auto_id, &capabilities)?;
        let verify = params.verify_before_restore.unwrap_or(self.repository.config.auto_verify_before_restore);
        if verify {
            self.repository.require_verified(collection, &metadata.backup_id).await?;
        }
        self.announce_restore(attempt, metadata, &partitions);

        let filled = self.collection_to_fill(attempt, params, &capabilities).await?;
        let plan = RestorePlan {
            metadata: metadata.clone(),
            target: filled.clone(),
            schema,
            omit_columns,
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
            verify_checksums: self.repository.config.enable_checksum_verification,
            concurrency: params.concurrency.unwrap_or(self.repository.config.max_concurrent_chunks),
            memory_limit_bytes: self.repository.config.memory_limit_bytes,
        };
        let (rows_restored, failed) = self.fill(&plan).await?;
        let indexes_restored = self.restore_indexes(&filled, &definition, params).await?;
        if filled != attempt.target {
            exchange_names(self.milvus.as_ref(), &filled, &attempt.target, attempt.randomness).await?;
        }
        attempt.staged.store(false, Ordering::Release);
        if params.load_after_restore {
            self.milvus.load_collection(&attempt.target, metadata.replica_number).await?;
        }
        let mut limitations = metadata.limitations.clone();
        limitations.extend(auto_id_limitation(&definition.schema, params.auto_id));
        limitations.extend(failed.iter().map(|(name, error)| format!("partition `{name}` is missing: {error}")));
        Ok(RestoreResult {
            success: failed.is_empty(),
            backup_id: metadata.backup_id.clone(),
            source_collection_name: metadata.collection_name.to_string(),
            target_collection_name: attempt.target.to_string(),
            rows_restored,
            partitions_restored: plan
                .partitions
                .into_iter()
                .filter(|name| failed.iter().all(|(failed, _)| failed != name))
                .collect(),
            indexes_restored,
            verification_passed: verify,
            limitations,
            execution_time_ms: 0,
        })
    }

    /// The collection to fill: the staging collection, or the target itself where the server cannot rename.
    async fn collection_to_fill(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        capabilities: &Capabilities,
    ) -> Result<CollectionName> {
        if capabilities.rename {
            attempt.staged.store(true, Ordering::Release);
            return Ok(attempt.staging.clone());
        }
        if params.drop_existing && self.milvus.has_collection(&attempt.target).await? {
            return Err(Error::Unsupported {
                what: format!(
                    "replacing a collection on Milvus {}, which cannot rename one: restore to another name",
                    capabilities.server_version
                ),
            });
        }
        attempt.in_place.store(true, Ordering::Release);
        attempt.staged.store(true, Ordering::Release);
        Ok(attempt.target.clone())
    }

    /// Creates the collection, inserts the rows and counts them. Returns the rows and the partitions that failed.
    async fn fill(&self, plan: &RestorePlan) -> Result<(u64, Vec<(String, String)>)> {
        self.milvus.create_collection(&plan.target, &plan.schema).await?;
        if !plan.schema.has_partition_key() {
            for partition in plan.partitions.iter().filter(|name| *name != DEFAULT_PARTITION) {
                self.milvus.create_partition(&plan.target, partition).await?;
            }
        }
        let restored = self
            .repository
            .store
            .restore_rows(Arc::clone(&self.milvus), plan.clone(), Arc::clone(&self.repository.progress))
            .await?;
        self.milvus.flush(&plan.target).await?;
        let mut rows = 0;
        let mut failed = Vec::new();
        for partition in restored {
            match partition.failure {
                None => {
                    self.require_rows(plan, &partition.name, partition.rows).await?;
                    rows += partition.rows;
                }
                Some(error) if plan.skip_failed_partitions => {
                    failed.push((partition.name, error.full_message()));
                }
                Some(error) => return Err(error),
            }
        }
        Ok((rows, failed))
    }

    /// Compares the rows that the server has with those that the backup recorded.
    async fn require_rows(&self, plan: &RestorePlan, partition: &str, inserted: u64) -> Result<()> {
        let recorded = plan.metadata.partitions.iter().find(|p| p.name == partition).map_or(0, |p| p.row_count);
        let addressed = (!plan.schema.has_partition_key()).then_some(partition);
        let stored = self.milvus.stored_rows(&plan.target, addressed).await?;
        if inserted == recorded && stored == recorded {
            return Ok(());
        }
        Err(Error::Protocol {
            message: format!(
                "partition `{partition}` of the restored collection has {stored} rows; {inserted} were accepted, \
                 {recorded} are in the backup"
            ),
        })
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

    fn announce_restore(&self, attempt: &Attempt, metadata: &BackupMetadata, partitions: &[String]) {
        let chosen = || metadata.partitions.iter().filter(|partition| partitions.contains(&partition.name));
        self.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Restore,
            backup_id: metadata.backup_id.clone(),
            collection: attempt.target.to_string(),
            total_rows: chosen().map(|partition| partition.row_count).sum(),
            total_bytes: chosen().flat_map(|p| &p.chunks).map(|chunk| chunk.uncompressed_size_bytes).sum(),
        });
        for message in &metadata.limitations {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
    }

    /// Drops the staging collection of a failed restore, and returns the error to report.
    async fn drop_staging(&self, attempt: &Attempt, backup_id: &BackupId, error: Error) -> Error {
        if !attempt.staged.load(Ordering::Acquire) {
            return error;
        }
        // Where the server cannot rename, the target itself was being filled; it had not existed before.
        let doomed = if attempt.in_place.load(Ordering::Acquire) { &attempt.target } else { &attempt.staging };
        if let Err(leftover) = self.milvus.drop_collection(doomed).await {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot drop `{doomed}`: {}", leftover.full_message()),
            });
        }
        Error::Restore { backup_id: backup_id.clone(), target: attempt.target.to_string(), source: Box::new(error) }
    }
}

/// The partition that every collection has from the start.
const DEFAULT_PARTITION: &str = "_default";

/// One run of a restore, as far as cleaning up after it needs to know.
#[derive(Debug)]
struct Attempt {
    target: CollectionName,
    staging: CollectionName,
    randomness: [u8; 4],
    /// Whether there is a collection to drop when the attempt fails.
    staged: AtomicBool,
    /// Whether that collection is the target itself.
    in_place: AtomicBool,
}

fn select_partitions(metadata: &BackupMetadata, requested: &[String]) -> Result<Vec<String>> {
    if let Some(missing) = requested.iter().find(|name| !metadata.partition_names.contains(name)) {
        return Err(Error::PartitionNotFound {
            partition: missing.clone(),
            owner: metadata.backup_id.to_string(),
            available: metadata.partition_names.clone(),
        });
    }
    let chosen = |name: &&String| requested.is_empty() || requested.contains(name);
    Ok(metadata.partition_names.iter().filter(chosen).cloned().collect())
}

/// The schema to create and the columns not to insert, by the policy for generated primary keys.
fn target_schema(
    schema: &CollectionSchema,
    policy: AutoIdPolicy,
    capabilities: &Capabilities,
) -> Result<(CollectionSchema, Vec<String>)> {
    let key = schema.primary_key()?;
    let mut target = schema.clone();
    if !key.auto_id {
        return Ok((target, Vec::new()));
    }
    match policy {
        AutoIdPolicy::Preserve if capabilities.preserve_auto_id => Ok((target, Vec::new())),
        AutoIdPolicy::Preserve => Err(Error::Refused {
            reason: format!(
                "primary key `{}` is generated (autoID), and Milvus {} does not accept such keys on insert",
                key.name, capabilities.server_version
            ),
            hint: "--auto-id plain keeps the keys and switches autoID off; --auto-id regenerate makes new keys"
                .to_owned(),
        }),
        AutoIdPolicy::Regenerate => Ok((target, vec![key.name.clone()])),
        AutoIdPolicy::Plain => {
            target.fields.iter_mut().for_each(|field| field.auto_id = false);
            Ok((target, Vec::new()))
        }
    }
}

fn auto_id_limitation(schema: &CollectionSchema, policy: AutoIdPolicy) -> Option<String> {
    let key = schema.fields.iter().find(|field| field.is_primary && field.auto_id)?;
    match policy {
        AutoIdPolicy::Preserve => None,
        AutoIdPolicy::Regenerate => Some(format!("primary key `{}` has new values", key.name)),
        AutoIdPolicy::Plain => Some(format!("primary key `{}` has autoID off", key.name)),
    }
}
