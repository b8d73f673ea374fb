//! [`BackupRepository`]: what can be done with backups while no Milvus is there.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{BackupRecoveryConfig, invalid};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::model::{BackupMetadata, VerificationResult, VerificationType};
use crate::names::{BackupId, CollectionRef};
use crate::params::VerificationParams;
use crate::progress::{Operation, Progress, ProgressEvent, Silent};
use crate::store::{BackedUpDefinition, BackupStore, IncompleteBackup, Listing};

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
        self.bounded(self.store.list(collection)).await
    }

    /// The backups that were begun and never committed, whoever writes them.
    pub async fn incomplete_backups(&self) -> Result<Vec<IncompleteBackup>> {
        self.bounded(self.store.incomplete()).await
    }

    /// All that is known of one backup.
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.bounded(self.store.get(collection, backup_id)).await
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
        self.announce_verification(collection, backup_id);
        let deadline = params.timeout.unwrap_or(self.config.verification_timeout);
        self.environment.bounded(deadline, self.verify_files(collection, backup_id, params)).await
    }

    pub(super) fn announce_verification(&self, collection: &CollectionRef, backup_id: &BackupId) {
        self.progress.event(ProgressEvent::Started {
            operation: Operation::Verify,
            backup_id: backup_id.clone(),
            collection: collection.to_string(),
        });
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
        let (now, progress) = (self.environment.clock.now(), self.progress.as_ref());
        self.store.verify(collection, backup_id, &params, now, progress).await
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
    /// When it ends early, by the deadline or an interrupt too, the backup is whole and listed, or is not listed any more,
    /// and what is left of it goes with [`Self::prune_incomplete_backups`].
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], and [`Error::InProgress`] while another operation changes backups of the collection.
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.delete_locked(collection, self.store.delete(collection, backup_id)).await
    }

    /// Runs a deletion while the collection is locked for it.
    pub(super) async fn delete_locked(
        &self,
        collection: &CollectionRef,
        deletion: impl Future<Output = Result<()>> + Send,
    ) -> Result<()> {
        let lock = self.bounded(self.store.lock(collection, Operation::Delete, &self.environment)).await?;
        let deleted = self.bounded(deletion).await;
        lock.release().await;
        deleted
    }

    /// Whether the root of the store exists. It is created with the first backup; until then the repository is empty.
    pub async fn root_exists(&self) -> Result<bool> {
        self.bounded(self.store.exists()).await
    }

    /// The root of the store, for people to read.
    pub fn root(&self) -> &str {
        self.store.root()
    }

    /// What has no deadline of its own has this one.
    pub(super) async fn bounded<T>(&self, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.environment.bounded(self.config.repository_timeout, operation).await
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
            message: match result.files_verified {
                1 => format!("the file that was checked failed: {first}"),
                checked => format!("{} of {checked} files failed: {first}", result.files_failed),
            },
            failed_files: result.errors.into_iter().map(|finding| finding.file).collect(),
        })
    }
}
