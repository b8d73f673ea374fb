//! Pins: marks that protect backups from deletion.

use milvus_backup_core::{BackupId, CollectionRef, Pin, Result};

use crate::BackupRepository;

impl BackupRepository {
    /// Pins a backup: neither [`Self::delete_backup`] nor retention deletes it until it is unpinned. Returns the pin that
    /// it has already, which then stays as it is.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], [`milvus_backup_core::Error::InvalidParameter`] for the reason, and
    /// [`milvus_backup_core::Error::InProgress`] while backups of the collection are being deleted.
    pub async fn pin_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        reason: Option<&str>,
    ) -> Result<Option<Pin>> {
        let now = self.environment.clock.now();
        let pin = Pin::new(now, reason)?;
        self.bounded(self.store.pin(collection, backup_id, &pin, now)).await
    }

    /// Removes the pin of a backup, and returns it; `None` if the backup is not pinned.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`].
    pub async fn unpin_backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<Option<Pin>> {
        self.bounded(self.store.unpin(collection, backup_id)).await
    }
}
