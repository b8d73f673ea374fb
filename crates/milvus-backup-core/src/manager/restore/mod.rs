//! Restore: from a committed backup to a collection.

mod access;
mod attempt;
mod fill;
mod make;
mod selection;
mod tally;
mod target;

use std::sync::atomic::{AtomicBool, Ordering};

use super::BackupManager;
use super::staging::{Exchange, exchange_names, staging_name};
use crate::error::{Error, Result};
use crate::milvus::Capabilities;
use crate::model::{BackupMetadata, BackupState, RestoreResult};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::{RestoreMethod, RestoreParams};
use crate::progress::{Operation, ProgressEvent};
use crate::schema::schema_differences;
use crate::store::{BackedUpDefinition, RestorePlan};
use access::needed_access;
use attempt::Attempt;
use fill::Filled;
use selection::select_partitions;
use target::{Target, database_differences, require_importable};

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
            source: collection.clone(),
            staging: staging_name(&target, randomness)?,
            target,
            randomness,
            touched: AtomicBool::new(false),
            in_place: AtomicBool::new(false),
            created: AtomicBool::new(false),
        };
        let environment = &self.repository.environment;
        let staged = environment.bounded(deadline, self.stage(&attempt, collection, &metadata, params)).await;
        let outcome = match staged {
            // The exchange of names is short, and to cut it in two would leave neither collection in place.
            Ok(staged) => self.publish(&attempt, params, &staged).await.map(|untidy| (staged, untidy)),
            Err(error) => Err(error),
        };
        let (staged, untidy) = match outcome {
            Ok(published) => published,
            Err(error) => return Err(self.drop_unfinished(&attempt, params, backup_id, error).await),
        };
        if params.load_after_restore {
            let load = self.milvus.load_collection(&attempt.target, metadata.replica_number);
            environment.bounded(deadline, load).await.map_err(|error| attempt.failure(backup_id, error))?;
        }
        let mut result = staged.into_result(&attempt, untidy);
        result.execution_time_ms = self.repository.milliseconds_since(started);
        Ok(result)
    }

    /// Everything up to a collection that is whole, but does not have its name yet.
    async fn stage(
        &self,
        attempt: &Attempt,
        collection: &CollectionRef,
        metadata: &BackupMetadata,
        params: &RestoreParams,
    ) -> Result<Staged> {
        let partitions = select_partitions(metadata, &params.partition_names)?;
        let capabilities = self.milvus.capabilities().await?;
        self.require_free_target(attempt, params, &capabilities).await?;
        let definition = self.repository.store.definition(metadata).await?;
        let mut target = self.plan_target(attempt, &definition, params, &capabilities).await?;
        if params.method == RestoreMethod::Import {
            require_importable(&target, &capabilities)?;
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
        self.announce_plan_of(metadata, &target, &partitions);
        let filled = attempt.filled(params, &capabilities);
        self.milvus.require_access(&filled, &needed_access(&target, &definition, &partitions, params)).await?;
        attempt.touched.store(true, Ordering::Release);
        let plan = RestorePlan {
            metadata: metadata.clone(),
            target: filled,
            stored_schema: definition.schema.clone(),
            schema: target.schema.clone(),
            omit_columns: target.omit_columns.clone(),
            partitions,
            skip_failed_partitions: params.skip_failed_partitions,
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
        Ok(Staged { plan, target, filled, indexes, verified: verify })
    }

    /// Gives the collection its properties, its name and its aliases. Returns what could not be tidied up.
    async fn publish(&self, attempt: &Attempt, params: &RestoreParams, staged: &Staged) -> Result<Vec<String>> {
        if params.into_existing {
            return Ok(Vec::new());
        }
        let (milvus, target) = (self.milvus.as_ref(), &staged.target);
        let filled = &staged.plan.target;
        if target.changes_properties() {
            milvus.alter_properties(filled, &target.late_properties, &target.removed_properties).await?;
        }
        let mut untidy = Vec::new();
        if *filled != attempt.target {
            // A rename that a dead restore had asked for may have been carried out while this one ran.
            self.give_name_back(&attempt.target).await?;
            untidy = exchange_names(milvus, filled, &attempt.target, attempt.randomness, params.drop_existing).await?;
        }
        attempt.touched.store(false, Ordering::Release);
        self.forget_unfinished(&attempt.source, filled).await;
        if params.with_aliases {
            untidy.extend(self.restore_aliases(&attempt.target, &staged.plan.metadata.aliases).await);
        }
        for message in &untidy {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
        Ok(untidy)
    }

    async fn require_free_target(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        capabilities: &Capabilities,
    ) -> Result<()> {
        if params.into_existing {
            return Ok(());
        }
        self.give_name_back(&attempt.target).await?;
        if !self.milvus.has_collection(&attempt.target).await? {
            return Ok(());
        }
        if self.is_unfinished(&attempt.target).await? {
            return Err(Error::Refused {
                reason: format!("collection `{}` is not whole: a restore died while it filled it", attempt.target),
                hint: "drop it, and restore again".to_owned(),
            });
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

    /// Whether a restore noted that it fills a collection under the name that it is to have, as it must where the server
    /// cannot rename, and never came to an end.
    async fn is_unfinished(&self, target: &CollectionName) -> Result<bool> {
        let noted = self.repository.store.unfinished_collections().await?;
        Ok(noted.iter().any(|(_, unfinished, _)| {
            let here = unfinished.uri == self.milvus.uri() && unfinished.database == self.milvus.database();
            here && unfinished.name == *target && unfinished.target == *target
        }))
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

    /// Creates the aliases that the collection does not have yet. Returns what did not work.
    async fn restore_aliases(&self, collection: &CollectionName, aliases: &[String]) -> Vec<String> {
        let mut failed = Vec::new();
        let present = match self.milvus.describe_collection(collection).await {
            Ok(description) => description.aliases,
            Err(error) => return vec![format!("aliases are not restored: {}", error.full_message())],
        };
        for alias in aliases.iter().filter(|alias| !present.contains(alias)) {
            if let Err(error) = self.milvus.create_alias(collection, alias).await {
                failed.push(format!("alias `{alias}` is not restored: {}", error.full_message()));
            }
        }
        failed
    }

    /// While a server takes an insert in, the next one should be there already.
    fn default_concurrency(&self, method: RestoreMethod) -> usize {
        let chunks = self.repository.config.max_concurrent_chunks;
        if method == RestoreMethod::Insert { chunks.saturating_mul(2) } else { chunks }
    }

    fn announce_plan_of(&self, metadata: &BackupMetadata, target: &Target, partitions: &[String]) {
        let chosen = || metadata.partitions.iter().filter(|partition| partitions.contains(&partition.name));
        self.repository.progress.event(ProgressEvent::Planned {
            state: BackupState::InProgress,
            total_rows: chosen().map(|partition| partition.row_count).sum(),
            total_bytes: chosen().flat_map(|p| &p.chunks).map(|chunk| chunk.uncompressed_size_bytes).sum(),
            partition_rows: chosen().map(|partition| (partition.name.clone(), partition.row_count)).collect(),
        });
        for message in metadata.limitations.iter().chain(&target.limitations) {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
    }

    /// Drops a collection that did not get the name `target`, once the one that has, or had, that name has it.
    pub(super) async fn abandon(&self, doomed: &CollectionName, target: &CollectionName) -> Result<()> {
        let milvus = self.milvus.as_ref();
        Exchange::of(milvus, doomed, target).await?.settle(milvus, target).await?;
        milvus.drop_collection(doomed).await
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
        if let Some(doomed) = attempt.doomed().filter(|_| !params.into_existing) {
            if attempt.created_nothing(&error) {
                self.forget_unfinished(&attempt.source, doomed).await;
                return attempt.failure(backup_id, error);
            }
            match self.abandon(doomed, &attempt.target).await {
                Ok(()) => self.forget_unfinished(&attempt.source, doomed).await,
                Err(leftover) => self.repository.progress.event(ProgressEvent::Warning {
                    message: format!(
                        "cannot drop `{doomed}`: {}; `prune --incomplete` does it later",
                        leftover.full_message()
                    ),
                }),
            }
        }
        attempt.failure(backup_id, error)
    }
}

/// A collection that is whole, but does not have its name yet.
#[derive(Debug)]
struct Staged {
    plan: RestorePlan,
    target: Target,
    filled: Filled,
    indexes: u64,
    verified: bool,
}

impl Staged {
    fn into_result(self, attempt: &Attempt, untidy: Vec<String>) -> RestoreResult {
        let Self { plan, target, filled, indexes, verified } = self;
        let mut limitations = plan.metadata.limitations;
        limitations.extend(target.limitations);
        limitations.extend(untidy);
        limitations.extend(
            filled.failed.iter().map(|(name, error)| format!("partition `{name}` is missing or not whole: {error}")),
        );
        let is_whole = |name: &String| filled.failed.iter().all(|(failed, _)| failed != name);
        RestoreResult {
            success: filled.failed.is_empty(),
            backup_id: plan.metadata.backup_id,
            source_collection_name: plan.metadata.collection_name.to_string(),
            target_collection_name: attempt.target.to_string(),
            rows_restored: filled.rows,
            partitions_restored: plan.partitions.into_iter().filter(is_whole).collect(),
            indexes_restored: indexes,
            verification_passed: verified,
            limitations,
            execution_time_ms: 0,
        }
    }
}
