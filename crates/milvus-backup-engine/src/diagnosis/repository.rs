//! The diagnosis of the repository.

use milvus_backup_core::{Diagnosis, DiagnosisArea};

use crate::BackupRepository;

impl BackupRepository {
    /// Checks whether the repository can be read and written to, and whether its store keeps the promises that backups
    /// rely on. It writes a few small objects, which it removes. What cannot be checked is a diagnosis.
    pub async fn diagnose(&self) -> Vec<Diagnosis> {
        match self.bounded(self.store.diagnose(&self.environment)).await {
            Ok(found) => found,
            Err(error) => vec![Diagnosis::failed(DiagnosisArea::Storage, "root", &error)],
        }
    }
}
