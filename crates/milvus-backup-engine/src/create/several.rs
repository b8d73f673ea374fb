//! Backups of several collections, one after the other.

use milvus_backup_core::{BackupParams, BackupResult, CollectionName, ErrorKind, Result};

use crate::BackupManager;

impl BackupManager {
    /// Backs up several collections, one after the other, and hands each outcome to `report` as soon as it is known. A
    /// failure does not keep the others from being backed up; an interrupt does.
    pub async fn create_backups(
        &self,
        collections: &[CollectionName],
        params: &BackupParams,
        mut report: impl FnMut(&CollectionName, Result<BackupResult>) + Send,
    ) {
        for collection in collections {
            let outcome = self.create_backup(collection, params).await;
            let interrupted = outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted);
            report(collection, outcome);
            if interrupted {
                break;
            }
        }
    }
}
