//! [`BackupManager`]: composes a Milvus and a store into the operations a user asks for.
//!
//! Must always hold: whatever ends an operation, nothing of an unfinished backup is listed, no collection that
//! was there before is changed, and what the operation itself had made is removed.

mod create;
mod deep;
mod identity;
mod leftovers;
mod notes;
mod repository;
mod restore;
mod retention;
mod staging;
mod watchdog;

use std::sync::Arc;

pub use leftovers::{Leftover, LeftoverKind, SAFETY_AGE};
pub use repository::BackupRepository;
pub use retention::RetentionPlan;

use crate::config::BackupRecoveryConfig;
use crate::environment::Environment;
use crate::error::Result;
use crate::milvus::Milvus;
use crate::model::{BackupMetadata, RetentionResult, RetentionRules};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::progress::Progress;
use crate::store::{BackupStore, Listing};

/// Backs up, verifies, restores and deletes.
///
/// Every call is safe to use concurrently with others. A call may be dropped at any time; what it had begun
/// then stays until [`BackupStore::discard`]. Prefer [`crate::Interrupt`], which cleans up.
#[derive(Debug, Clone)]
pub struct BackupManager {
    milvus: Arc<dyn Milvus>,
    repository: BackupRepository,
}

impl BackupManager {
    /// A manager over one database of one Milvus and one store.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] when the configuration is outside its limits.
    pub fn new(
        milvus: Arc<dyn Milvus>,
        store: Arc<dyn BackupStore>,
        config: BackupRecoveryConfig,
        environment: Environment,
    ) -> Result<Self> {
        Ok(Self { milvus, repository: BackupRepository::new(store, config, environment)? })
    }

    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.repository = self.repository.with_progress(progress);
        self
    }

    /// The collection `name` of the database this manager works on.
    pub fn collection(&self, name: &CollectionName) -> Result<CollectionRef> {
        CollectionRef::new(self.milvus.database(), name.clone())
    }

    /// See [`BackupRepository::list_backups`].
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.repository.list_backups(collection).await
    }

    /// See [`BackupRepository::get_backup`].
    pub async fn get_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.repository.get_backup(collection, backup_id).await
    }

    /// See [`BackupRepository::delete_backup`].
    pub async fn delete_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.repository.delete_backup(collection, backup_id).await
    }

    /// See [`BackupRepository::apply_retention_policy`].
    pub async fn apply_retention_policy(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
        dry_run: bool,
    ) -> Result<RetentionResult> {
        self.repository.apply_retention_policy(collection, rules, dry_run).await
    }
}
