//! Warnings about the version of the server.

use milvus_backup_core::{AffectedOperation, ProgressEvent, Result};

use crate::BackupManager;

impl BackupManager {
    /// Warns of the known issues of the server that affect an operation.
    pub(crate) async fn warn_of_known_issues(&self, operation: AffectedOperation) -> Result<()> {
        let issues = self.catalog.known_issues().await?;
        for issue in issues.iter().filter(|issue| issue.affects == operation) {
            self.repository.progress.event(ProgressEvent::Warning { message: issue.to_string() });
        }
        Ok(())
    }
}
