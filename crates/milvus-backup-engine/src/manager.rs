//! [`BackupManager`]: composes a Milvus server and a repository into the operations on backups.
//!
//! Must always hold: whatever ends an operation, an incomplete backup is not listed, no existing collection is modified,
//! and everything that the operation created is removed.

use std::sync::Arc;

use milvus_backup_core::{
    Backend, BackupId, BackupStorageType, Catalog, CollectionName, CollectionRef, Listing, PhysicalFormat, Progress,
    Result, RetentionResult, RetentionRules, RowSink, RowSource, StoredBackup,
};

use crate::BackupRepository;
use crate::instance::MemoryPool;

/// Backs up, verifies, restores and deletes collections.
///
/// All calls can be made concurrently. A call may be dropped at any time, but its incomplete results then remain until
/// [`milvus_backup_core::Repository::discard`]. Prefer [`milvus_backup_core::Interrupt`], which cleans up.
#[derive(Debug, Clone)]
pub struct BackupManager {
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) source: Arc<dyn RowSource>,
    /// The segment files of the server, if its storage is known.
    pub(crate) segments: Option<Arc<dyn RowSource>>,
    pub(crate) sink: Arc<dyn RowSink>,
    /// The program that writes backups, if they are not logical.
    pub(crate) backend: Option<Arc<dyn Backend>>,
    pub(crate) repository: BackupRepository,
    /// The memory that backups of several collections share; `None` if each of them has all of it.
    pub(crate) memory: Option<Arc<MemoryPool>>,
}

impl BackupManager {
    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.repository = self.repository.with_progress(progress);
        self
    }

    /// Reads the rows of backups from the segment files of the server, where [`milvus_backup_core::SourceChoice`] allows
    /// it. Collections are compared by queries all the same.
    #[must_use]
    pub fn with_segments(mut self, segments: Arc<dyn RowSource>) -> Self {
        self.segments = Some(segments);
        self
    }

    /// Reads the rows of backups whose files another program wrote with `physical`.
    #[must_use]
    pub fn with_physical(mut self, physical: Arc<dyn PhysicalFormat>) -> Self {
        self.repository = self.repository.with_physical(physical);
        self
    }

    /// Lets a program write backups, and restore those that it wrote. All others are restored as before.
    #[must_use]
    pub fn with_backend(mut self, backend: Arc<dyn Backend>) -> Self {
        self.backend = Some(backend);
        self
    }

    /// Returns the kind of backup that this manager creates.
    pub fn storage_type(&self) -> BackupStorageType {
        match &self.backend {
            Some(backend) => backend.storage_type(),
            None => self.repository.format.storage_type(),
        }
    }

    /// Returns the reference to the collection `name` in the database of this manager.
    pub fn collection(&self, name: &CollectionName) -> Result<CollectionRef> {
        CollectionRef::new(self.catalog.database(), name.clone())
    }

    /// Lists backups, see [`BackupRepository::list_backups`].
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.repository.list_backups(collection).await
    }

    /// Opens a backup, see [`BackupRepository::get_backup`].
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup> {
        self.repository.get_backup(collection, backup_id).await
    }

    /// Deletes a backup, see [`BackupRepository::delete_backup`].
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.repository.delete_backup(collection, backup_id).await
    }

    /// Deletes the backups that a policy does not keep, see [`BackupRepository::apply_retention_policy`].
    pub async fn apply_retention_policy(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
        dry_run: bool,
    ) -> Result<RetentionResult> {
        self.repository.apply_retention_policy(collection, rules, dry_run).await
    }
}
