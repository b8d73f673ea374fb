//! Backups of several collections in sequence.

use milvus_backup_core::{BackupParams, BackupResult, CollectionName, ErrorKind, Result};

use crate::BackupManager;

impl BackupManager {
    /// Backs up several collections in sequence, and passes each outcome to `report` as soon as it is known. After a failure,
    /// the remaining collections are still backed up; after an interrupt, they are not.
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
