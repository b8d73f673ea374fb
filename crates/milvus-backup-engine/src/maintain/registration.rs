//! The registration of staging collections in the repository, so that they are found and removed if the process dies.
//!
//! A restore does not require write access to the repository, so failures here are warnings.

use milvus_backup_core::{BackupId, CollectionName, CollectionRef, ProgressEvent, StagingCollection};

use crate::BackupManager;

impl BackupManager {
    /// Registers the staging collection `name`, which is about to be created from a backup of `source` and becomes `target`.
    pub(crate) async fn register_staging(
        &self,
        source: &CollectionRef,
        name: &CollectionName,
        target: &CollectionName,
        backup_id: &BackupId,
    ) {
        let unfinished = StagingCollection {
            name: name.clone(),
            target: target.clone(),
            database: self.catalog.database().to_owned(),
            uri: self.catalog.uri().to_owned(),
            backup_id: backup_id.clone(),
            started_at: self.repository.environment.clock.now(),
        };
        if let Err(error) = self.repository.store.register_staging(source, &unfinished).await {
            let message = format!(
                "`{name}` could not be registered; it will not be cleaned up if this process dies: {}",
                error.full_message()
            );
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Removes the registration of a collection that has its final name, or was dropped.
    pub(crate) async fn unregister_staging(&self, source: &CollectionRef, name: &CollectionName) {
        if let Err(error) = self.repository.store.unregister_staging(source, name).await {
            let message = format!("cannot remove the registration of `{name}`: {}", error.full_message());
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }
}
