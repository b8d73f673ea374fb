//! [`BackupManager`]: composes a Milvus and a store into the operations a user asks for.
//!
//! Must always hold: whatever ends an operation, nothing of an unfinished backup is listed, no collection that
//! was there before is changed, and what the operation itself had made is removed.

mod create;
mod limitations;
mod restore;
mod staging;

use std::sync::Arc;
use std::time::Duration;

use crate::config::BackupRecoveryConfig;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::milvus::Milvus;
use crate::model::{BackupMetadata, Decision, DecisionAction, RetentionResult, VerificationResult, VerificationType};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::VerificationParams;
use crate::progress::{Progress, Silent};
use crate::store::{BackupStore, Listing};

/// Backs up, verifies, restores and deletes.
///
/// Every call is safe to use concurrently with others. A call may be dropped at any time; what it had begun
/// then stays until [`BackupStore::discard`]. Prefer [`crate::Interrupt`], which cleans up.
#[derive(Debug, Clone)]
pub struct BackupManager {
    milvus: Arc<dyn Milvus>,
    store: Arc<dyn BackupStore>,
    config: BackupRecoveryConfig,
    environment: Environment,
    progress: Arc<dyn Progress>,
}

impl BackupManager {
    /// A manager over one database of one Milvus and one store.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when the configuration is outside its limits.
    pub fn new(
        milvus: Arc<dyn Milvus>,
        store: Arc<dyn BackupStore>,
        config: BackupRecoveryConfig,
        environment: Environment,
    ) -> Result<Self> {
        config.validate()?;
        Ok(Self { milvus, store, config, environment, progress: Arc::new(Silent) })
    }

    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The collection `name` of the database this manager works on.
    pub fn collection(&self, name: &CollectionName) -> Result<CollectionRef> {
        CollectionRef::new(self.milvus.database(), name.clone())
    }

    /// The backups of one collection, or of all, newest first, and those that cannot be read.
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.store.list(collection).await
    }

    /// All that is known of one backup.
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.store.get(collection, backup_id).await
    }

    /// Compares a backup with what it recorded of itself.
    ///
    /// Findings are part of the result; an error means that the verification itself could not be done.
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        params.validate()?;
        if params.verification_type == VerificationType::Deep {
            return Err(Error::Unsupported { what: "DEEP verification in this version".to_owned() });
        }
        let started = self.environment.clock.elapsed();
        let now = self.environment.clock.now();
        let deadline = params.timeout.unwrap_or(self.config.verification_timeout);
        let verification = self.store.verify(collection, backup_id, params, now);
        let mut result = self.environment.bounded(deadline, verification).await?;
        result.verification_time_ms = self.milliseconds_since(started);
        Ok(result)
    }

    /// Removes a backup. Never asks; a caller with a person in front of it should.
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.store.delete(collection, backup_id).await
    }

    /// Deletes what `decisions` says, oldest first, unless `dry_run`.
    ///
    /// # Errors
    /// The first failure to delete. Backups deleted before it stay deleted.
    pub async fn apply_retention_policy(
        &self,
        backups: &[BackupMetadata],
        decisions: Vec<Decision>,
        dry_run: bool,
    ) -> Result<RetentionResult> {
        let doomed = |metadata: &&BackupMetadata| {
            decisions
                .iter()
                .any(|decision| decision.backup_id == metadata.backup_id && decision.action == DecisionAction::Delete)
        };
        let mut to_delete: Vec<&BackupMetadata> = backups.iter().filter(doomed).collect();
        to_delete.sort_by(|a, b| a.backup_id.cmp(&b.backup_id));
        let bytes: u64 = to_delete.iter().map(|metadata| metadata.size_bytes).sum();
        let mut deleted = Vec::new();
        if !dry_run {
            for metadata in &to_delete {
                let collection = CollectionRef::new(&metadata.database, metadata.collection_name.clone())?;
                self.store.delete(&collection, &metadata.backup_id).await?;
                deleted.push(metadata.backup_id.clone());
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
        let gib = bytes as f64 / 1_073_741_824.0;
        Ok(RetentionResult {
            dry_run,
            total_backups: backups.len() as u64,
            backups_to_keep: (backups.len() - to_delete.len()) as u64,
            backups_to_delete: to_delete.len() as u64,
            storage_to_free_bytes: bytes,
            storage_to_free_gb: gib,
            deleted_backup_ids: deleted,
            decisions,
        })
    }

    fn milliseconds_since(&self, started: Duration) -> u64 {
        let passed = self.environment.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// Fails with [`Error::Corrupted`] unless the backup verifies.
    async fn require_verified(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let now = self.environment.clock.now();
        let params = VerificationParams { fail_fast: false, ..VerificationParams::checksum() };
        let result = self.store.verify(collection, backup_id, &params, now).await?;
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
