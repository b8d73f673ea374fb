//! [`BackupRepository`]: what can be done with backups while no Milvus is there.

use std::sync::Arc;
use std::time::Duration;

use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupMetadata, BackupRecoveryConfig, CollectionRef, Environment, IncompleteBackup,
    Listing, Operation, Progress, Repository, Result, RowFormat, Silent, StoredBackup,
};

use crate::lease::while_held;

/// Lists, verifies and deletes backups. Needs a repository and the format of its data files, but no Milvus.
#[derive(Debug, Clone)]
pub struct BackupRepository {
    pub(crate) store: Arc<dyn Repository>,
    pub(crate) format: Arc<dyn RowFormat>,
    pub(crate) config: BackupRecoveryConfig,
    pub(crate) environment: Environment,
    pub(crate) progress: Arc<dyn Progress>,
}

impl BackupRepository {
    /// Uses a repository whose data files have this format.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::InvalidParameter`] when the configuration is outside its limits.
    pub fn new(
        store: Arc<dyn Repository>,
        format: Arc<dyn RowFormat>,
        config: BackupRecoveryConfig,
        environment: Environment,
    ) -> Result<Self> {
        config.validate()?;
        Ok(Self { store, format, config, environment, progress: Arc::new(Silent) })
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
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup> {
        self.bounded(self.store.open(collection, backup_id)).await
    }

    /// The definition of the collection that a backup holds, with its digest checked.
    pub async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.store.definition(metadata).await
    }

    /// Removes a backup. Never asks; a caller with a person in front of it should.
    ///
    /// When it ends early, by the deadline, an interrupt or the loss of its lease too, the backup is whole and listed, or is
    /// not listed any more, and what is left of it goes with [`Self::prune_incomplete_backups`].
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], and
    /// [`milvus_backup_core::Error::InProgress`] while another operation changes backups of the collection.
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.delete_leased(collection, self.store.delete(collection, backup_id)).await
    }

    /// Runs a deletion while it holds the lease of the collection.
    pub(crate) async fn delete_leased(
        &self,
        collection: &CollectionRef,
        deletion: impl Future<Output = Result<()>> + Send,
    ) -> Result<()> {
        let lease = self.bounded(self.store.lease(collection, Operation::Delete, &self.environment)).await?;
        let deleted = self.bounded(while_held(lease.as_ref(), deletion)).await;
        lease.release().await;
        deleted
    }

    /// Whether the root of the store exists. It is created with the first backup; until then the repository is empty.
    pub async fn root_exists(&self) -> Result<bool> {
        self.bounded(self.store.exists()).await
    }

    /// The root of the store, for people to read.
    pub fn root(&self) -> &str {
        self.store.location()
    }

    /// What has no deadline of its own has this one.
    pub(crate) async fn bounded<T>(&self, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.environment.bounded(self.config.repository_timeout, operation).await
    }

    pub(crate) fn milliseconds_since(&self, started: Duration) -> u64 {
        let passed = self.environment.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }
}
