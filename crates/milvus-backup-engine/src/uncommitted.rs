//! What every operation that writes a backup does before its commit, and after its failure.

use milvus_backup_core::{BackupId, BackupMetadata, CollectionRef, Error, ProgressEvent, Result};

use crate::BackupRepository;

impl BackupRepository {
    /// Checks that no backup of a collection has a name.
    ///
    /// # Errors
    /// [`Error::BackupAlreadyExists`].
    pub(crate) async fn require_unused_name(&self, collection: &CollectionRef, name: &str) -> Result<()> {
        let existing = self.store.list_committed(collection).await?.backups;
        match existing.into_iter().find(|existing| existing.backup_name == name) {
            None => Ok(()),
            Some(existing) => Err(name_taken(collection, existing)),
        }
    }

    /// Removes what a failed backup wrote, and returns the error to report.
    pub(crate) async fn discarded(&self, collection: &CollectionRef, backup_id: &BackupId, error: Error) -> Error {
        if let Err(left) = self.store.discard(collection, backup_id).await {
            let message = format!("cannot remove what the failed backup left: {}", left.full_message());
            self.progress.event(ProgressEvent::Warning { message });
        }
        Error::Backup {
            collection: collection.to_string(),
            backup_id: Some(backup_id.clone()),
            resumable: false,
            source: Box::new(error),
        }
    }
}

/// Returns the error for a name that another backup has.
pub(crate) fn name_taken(collection: &CollectionRef, existing: BackupMetadata) -> Error {
    Error::BackupAlreadyExists {
        collection: collection.to_string(),
        backup_name: existing.backup_name,
        existing: existing.backup_id,
    }
}
