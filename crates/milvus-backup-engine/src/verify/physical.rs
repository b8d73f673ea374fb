//! Deep verification of a backup whose files another program wrote: all its rows are decoded and deletes applied, which
//! needs no server. The rows of the collection are compared with them, if it is there.

use std::sync::Arc;

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupStorageType, CollectionRef, Error, Finding, FindingKind, Result, ScanSession,
    StoredBackup, VerificationParams, VerificationResult,
};

use super::compare::digest_rows;
use super::scans::OpenScans;
use crate::{BackupManager, BackupRepository};

/// Returns whether another program wrote the files of a backup.
pub(crate) fn is_physical(metadata: &BackupMetadata) -> bool {
    metadata.storage_type == BackupStorageType::MilvusNative
}

impl BackupRepository {
    /// Opens the rows of a backup whose files another program wrote.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they cannot be read.
    pub(crate) async fn open_physical(&self, backup: &StoredBackup) -> Result<Arc<dyn ScanSession>> {
        let unreadable = || Error::Unsupported { what: "reading the rows of backups by milvus-backup".to_owned() };
        let physical = self.physical.as_ref().ok_or_else(unreadable)?;
        let definition = self.store.definition(&backup.metadata).await?;
        physical.open_rows(backup, &definition.schema).await
    }

    /// Compares the files with their digests, and decodes all rows. Returns the backup with the digests of its rows, unless
    /// damage was found.
    pub(super) async fn decode_all(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<(VerificationResult, Option<StoredBackup>)> {
        let mut result = self.compare_files(collection, backup_id, params).await?;
        result.compared.push("files with their checksums".to_owned());
        if !result.success {
            return Ok((result, None));
        }
        let mut backup = self.store.open(collection, backup_id).await?;
        let decoded = self.decode_rows(&mut backup, &mut result).await;
        match decoded {
            Ok(()) => result.compared.push("rows of all logs, deletes applied, with the metadata".to_owned()),
            Err(Error::Corrupted { message, failed_files, .. }) => {
                result.errors.push(Finding {
                    file: failed_files.into_iter().next().unwrap_or_else(|| "data".to_owned()),
                    kind: FindingKind::Malformed,
                    expected: String::new(),
                    actual: String::new(),
                    message,
                });
            }
            Err(error) => return Err(error),
        }
        result.success = result.errors.is_empty();
        result.verified_at = self.environment.clock.now();
        let whole = result.success.then_some(backup);
        Ok((result, whole))
    }

    /// Decodes the rows of each partition, and adds their digest to it.
    async fn decode_rows(&self, backup: &mut StoredBackup, result: &mut VerificationResult) -> Result<()> {
        let session = self.open_physical(backup).await?;
        for partition in &mut backup.manifest.partitions {
            let found = digest_rows(session.as_ref(), partition).await?;
            if found.rows() != partition.row_count {
                let (name, recorded) = (&partition.name, partition.row_count);
                result.errors.push(Finding {
                    file: "manifest.json".to_owned(),
                    kind: FindingKind::Differs,
                    expected: recorded.to_string(),
                    actual: found.rows().to_string(),
                    message: format!(
                        "partition `{name}` has {} rows in its logs, but {recorded} are recorded",
                        found.rows()
                    ),
                });
            }
            partition.row_digest = Some(found.to_hex());
        }
        session.close().await
    }
}

impl BackupManager {
    /// Verifies a backup whose files another program wrote, and compares its rows with those of the collection.
    pub(super) async fn verify_physical(
        &self,
        scans: &OpenScans,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        let (mut result, backup) = self.repository.decode_all(collection, backup_id, params).await?;
        if let Some(backup) = backup {
            let definition = self.repository.store.definition(&backup.metadata).await?;
            self.compare_live_rows(scans, collection, &backup, &definition, &mut result).await?;
        }
        Ok(result)
    }
}
