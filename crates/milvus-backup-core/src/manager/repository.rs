//! [`BackupRepository`]: what can be done with backups while no Milvus is there.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{BackupRecoveryConfig, invalid};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::model::{
    BackupMetadata, BackupVersion, Decision, DecisionAction, RetentionResult, RetentionRules, VerificationResult,
    VerificationType,
};
use crate::names::{BackupId, CollectionRef};
use crate::params::VerificationParams;
use crate::progress::{Operation, Progress, ProgressEvent, Silent};
use crate::store::{BackedUpDefinition, BackupStore, BrokenBackup, IncompleteBackup, Listing};

/// What a retention policy wants done, and what it could not look at.
#[derive(Debug)]
pub struct RetentionPlan {
    backups: Vec<BackupMetadata>,
    versions: Vec<BackupVersion>,
    decisions: Vec<Decision>,
    /// Backups whose metadata cannot be read.
    pub broken: Vec<BrokenBackup>,
}

impl RetentionPlan {
    /// The report of doing nothing yet.
    pub fn dry_run(&self) -> RetentionResult {
        RetentionResult::new(&self.versions, self.decisions.clone(), true, Vec::new())
    }
}

/// Lists, verifies and deletes backups. Needs a store, but no Milvus.
#[derive(Debug, Clone)]
pub struct BackupRepository {
    pub(super) store: Arc<dyn BackupStore>,
    pub(super) config: BackupRecoveryConfig,
    pub(super) environment: Environment,
    pub(super) progress: Arc<dyn Progress>,
}

impl BackupRepository {
    /// The repository in a store.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when the configuration is outside its limits.
    pub fn new(store: Arc<dyn BackupStore>, config: BackupRecoveryConfig, environment: Environment) -> Result<Self> {
        config.validate()?;
        Ok(Self { store, config, environment, progress: Arc::new(Silent) })
    }

    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The backups of one collection, or of all, newest first, and those that cannot be read.
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.store.list(collection).await
    }

    /// The backups that were begun and never committed, whoever writes them.
    pub async fn incomplete_backups(&self) -> Result<Vec<IncompleteBackup>> {
        self.store.incomplete().await
    }

    /// All that is known of one backup.
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.store.get(collection, backup_id).await
    }

    /// The definition of the collection that a backup holds, with its digest checked.
    pub async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.store.definition(metadata).await
    }

    /// Compares a backup with what it recorded of itself, and keeps the outcome with it.
    ///
    /// Findings are part of the result; an error means that the verification itself could not be done.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`], also for [`VerificationType::Deep`]: that takes a Milvus, see
    /// [`super::BackupManager::verify_backup`].
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        params.validate()?;
        if params.verification_type == VerificationType::Deep {
            return Err(invalid("verification_type", "DEEP", "CHECKSUM or QUICK without a Milvus"));
        }
        let deadline = params.timeout.unwrap_or(self.config.verification_timeout);
        self.environment.bounded(deadline, self.verify_files(collection, backup_id, params)).await
    }

    /// Verifies the files and keeps the outcome.
    async fn verify_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        let started = self.environment.clock.elapsed();
        let mut result = self.compare_files(collection, backup_id, params).await?;
        result.verification_time_ms = self.milliseconds_since(started);
        self.keep_verification(collection, &result).await;
        Ok(result)
    }

    /// Verifies the files. A quick verification without a seed gets a random one.
    pub(super) async fn compare_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        let mut params = params.clone();
        if params.seed.is_none() {
            params.seed = Some(u64::from(u32::from_be_bytes(self.environment.entropy.bytes()?)));
        }
        self.store.verify(collection, backup_id, &params, self.environment.clock.now()).await
    }

    /// Keeps the outcome with the backup. A store that cannot be written to does not make the verification fail.
    pub(super) async fn keep_verification(&self, collection: &CollectionRef, result: &VerificationResult) {
        if let Err(error) = self.store.keep_verification(collection, &result.backup_id, &result.into()).await {
            let message = format!("cannot keep the outcome of the verification: {}", error.full_message());
            self.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Removes a backup. Never asks; a caller with a person in front of it should.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], and [`Error::InProgress`] while another operation changes backups of the collection.
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let lock = self.store.lock(collection, Operation::Delete, &self.environment).await?;
        let deleted = self.store.delete(collection, backup_id).await;
        lock.release().await;
        deleted
    }

    /// Asks `rules` which backups of one collection, or of all, to delete. Backups that cannot be read are neither
    /// counted nor deleted.
    pub async fn plan_retention(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
    ) -> Result<RetentionPlan> {
        let Listing { backups, broken } = self.store.list(collection).await?;
        let versions: Vec<BackupVersion> = backups.iter().map(BackupVersion::from).collect();
        let decisions = rules.decide(&versions, self.environment.clock.now());
        Ok(RetentionPlan { backups, versions, decisions, broken })
    }

    /// Deletes what a plan says, oldest first. What the plan does not name stays, whatever has changed since.
    ///
    /// # Errors
    /// The first failure to delete. Backups deleted before it stay deleted.
    pub async fn apply_retention_plan(&self, plan: &RetentionPlan) -> Result<RetentionResult> {
        let mut deleted = Vec::new();
        // The list is newest first.
        for metadata in plan.backups.iter().rev() {
            let collection = CollectionRef::new(&metadata.database, metadata.collection_name.clone())?;
            let name = collection.to_string();
            let doomed = plan.decisions.iter().any(|decision| {
                decision.action == DecisionAction::Delete
                    && decision.backup_id == metadata.backup_id
                    && decision.collection_name == name
            });
            if doomed {
                self.delete_backup(&collection, &metadata.backup_id).await?;
                deleted.push(metadata.backup_id.clone());
            }
        }
        Ok(RetentionResult::new(&plan.versions, plan.decisions.clone(), false, deleted))
    }

    /// Plans, and applies the plan unless `dry_run`.
    pub async fn apply_retention_policy(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
        dry_run: bool,
    ) -> Result<RetentionResult> {
        let plan = self.plan_retention(collection, rules).await?;
        if dry_run { Ok(plan.dry_run()) } else { self.apply_retention_plan(&plan).await }
    }

    /// The root of the store, for people to read.
    pub fn root(&self) -> &str {
        self.store.root()
    }

    pub(super) fn milliseconds_since(&self, started: Duration) -> u64 {
        let passed = self.environment.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// Fails with [`Error::Corrupted`] unless the backup verifies.
    pub(super) async fn require_verified(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let params = VerificationParams { fail_fast: false, ..VerificationParams::checksum() };
        let result = self.verify_files(collection, backup_id, &params).await?;
        if result.success {
            return Ok(());
        }
        let first = result.errors.first().map_or_else(String::new, |finding| finding.message.clone());
        Err(Error::Corrupted {
            backup: backup_id.to_string(),
            message: format!("{} of {} files failed: {first}", result.files_failed, result.files_verified),
            failed_files: result.errors.into_iter().map(|finding| finding.file).collect(),
        })
    }
}
