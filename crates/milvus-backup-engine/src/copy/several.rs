//! Copies of several backups.

use milvus_backup_core::{BackupId, CollectionRef, CopyParams, CopyResult, ErrorKind, Result};

use crate::BackupRepository;

impl BackupRepository {
    /// Copies backups one after the other, and reports the outcome of each. A backup that cannot be copied does not keep
    /// the others from being copied, except after an interrupt.
    ///
    /// # Errors
    /// None of its own: every outcome is reported, see [`Self::copy_backup`].
    pub async fn copy_backups(
        &self,
        backups: &[(CollectionRef, BackupId)],
        destination: &Self,
        params: &CopyParams,
        mut report: impl FnMut(&CollectionRef, &BackupId, Result<CopyResult>),
    ) {
        for (collection, backup_id) in backups {
            let outcome = self.copy_backup(collection, backup_id, destination, params).await;
            let interrupted = matches!(&outcome, Err(error) if error.kind() == ErrorKind::Interrupted);
            report(collection, backup_id, outcome);
            if interrupted {
                break;
            }
        }
    }
}
