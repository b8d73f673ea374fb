//! Notes in the repository of collections that are being made under names of their own, so that
//! `prune --incomplete` finds them when the process dies.
//!
//! A repository that cannot be written to is no reason not to restore from it: what goes wrong here is a warning.

use milvus_backup_core::{BackupId, CollectionName, CollectionRef, ProgressEvent, UnfinishedCollection};

use crate::BackupManager;

impl BackupManager {
    /// Notes that `name` is about to be made of a backup of `source`, to become `target`.
    pub(crate) async fn note_unfinished(
        &self,
        source: &CollectionRef,
        name: &CollectionName,
        target: &CollectionName,
        backup_id: &BackupId,
    ) {
        let unfinished = UnfinishedCollection {
            name: name.clone(),
            target: target.clone(),
            database: self.catalog.database().to_owned(),
            uri: self.catalog.uri().to_owned(),
            backup_id: backup_id.clone(),
            started_at: self.repository.environment.clock.now(),
        };
        if let Err(error) = self.repository.store.register_staging(source, &unfinished).await {
            let message = format!(
                "`{name}` is not noted in the repository, and stays if this process dies: {}",
                error.full_message()
            );
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Removes the note of a collection that has its name, or is dropped.
    pub(crate) async fn forget_unfinished(&self, source: &CollectionRef, name: &CollectionName) {
        if let Err(error) = self.repository.store.unregister_staging(source, name).await {
            let message = format!("cannot remove the note of `{name}`: {}", error.full_message());
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }
}
