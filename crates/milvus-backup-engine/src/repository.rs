//! [`BackupRepository`]: the operations on backups that do not need Milvus.

use std::sync::Arc;
use std::time::Duration;

use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupMetadata, BackupRecoveryConfig, CollectionRef, Environment, Error,
    IncompleteBackup, Listing, Operation, PhysicalFormat, Progress, Repository, Result, RowFormat, Silent,
    StoredBackup,
};

use crate::lease::while_held;

/// Lists, verifies and deletes backups. Needs a repository and the format of its data files, but no Milvus.
#[derive(Debug, Clone)]
pub struct BackupRepository {
    pub(crate) store: Arc<dyn Repository>,
    pub(crate) format: Arc<dyn RowFormat>,
    /// The reader of backups whose files another program wrote.
    pub(crate) physical: Option<Arc<dyn PhysicalFormat>>,
    pub(crate) config: BackupRecoveryConfig,
    pub(crate) environment: Environment,
    pub(crate) progress: Arc<dyn Progress>,
}

impl BackupRepository {
    /// Creates the operations on a repository whose data files have this format.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::InvalidParameter`] if the configuration is outside its limits.
    pub fn new(
        store: Arc<dyn Repository>,
        format: Arc<dyn RowFormat>,
        config: BackupRecoveryConfig,
        environment: Environment,
    ) -> Result<Self> {
        config.validate()?;
        Ok(Self { store, format, physical: None, config, environment, progress: Arc::new(Silent) })
    }

    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Reads the rows of backups whose files another program wrote with `physical`.
    #[must_use]
    pub fn with_physical(mut self, physical: Arc<dyn PhysicalFormat>) -> Self {
        self.physical = Some(physical);
        self
    }

    /// Lists the backups of one collection, or of all, newest first, and those that cannot be read.
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.bounded(self.store.list(collection)).await
    }

    /// Lists the backups that are in progress or incomplete.
    pub async fn incomplete_backups(&self) -> Result<Vec<IncompleteBackup>> {
        self.bounded(self.store.incomplete()).await
    }

    /// Opens a backup, and returns its metadata and manifest.
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup> {
        self.bounded(self.store.open(collection, backup_id)).await
    }

    /// Reads the definition of the collection in a backup, and checks its digest.
    pub async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.store.definition(metadata).await
    }

    /// Deletes a backup without confirmation, which is the responsibility of an interactive caller.
    ///
    /// If the deletion ends early, by the deadline, an interrupt or the loss of its lease, the backup is either complete and
    /// listed, or no longer listed, and [`Self::prune_incomplete_backups`] removes the rest.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], [`milvus_backup_core::Error::Refused`] if it is pinned, and
    /// [`milvus_backup_core::Error::InProgress`] while another operation changes backups of the collection.
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.delete_leased(collection, self.store.delete(collection, backup_id)).await
    }

    /// Runs a deletion while holding the lease of the collection.
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

    /// Returns whether the root of the store exists. It is created with the first backup; until then the repository is empty.
    pub async fn root_exists(&self) -> Result<bool> {
        self.bounded(self.store.exists()).await
    }

    /// Returns the number of free bytes of the store, or `None` if it is unknown.
    pub async fn available_bytes(&self) -> Result<Option<u64>> {
        self.bounded(self.store.available_bytes()).await
    }

    /// Returns the root of the store in human-readable form.
    pub fn root(&self) -> &str {
        self.store.location()
    }

    /// Compares the space that is needed with the free space of the repository.
    ///
    /// # Errors
    /// [`Error::InsufficientStorage`].
    pub(crate) fn require_space(&self, required_bytes: u64, available_bytes: u64) -> Result<()> {
        if available_bytes >= required_bytes {
            return Ok(());
        }
        Err(Error::InsufficientStorage { required_bytes, available_bytes, path: self.root().to_owned() })
    }

    /// Runs an operation that has no deadline of its own within `repository_timeout`.
    pub(crate) async fn bounded<T>(&self, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.environment.bounded(self.config.repository_timeout, operation).await
    }

    pub(crate) fn milliseconds_since(&self, started: Duration) -> u64 {
        let passed = self.environment.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }
}
