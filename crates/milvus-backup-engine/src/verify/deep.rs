//! Deep verification: a backup is restored into a temporary collection, which is read back and compared.
//!
//! Must always hold: the temporary collection is dropped, whatever ends the verification; that of a killed process is
//! dropped by the next deep verification of the same backup.

use milvus_backup_core::{
    Access, AutoIdPolicy, BackupId, CollectionName, CollectionRef, ProgressEvent, RestoreParams, Result, StoredBackup,
    VerificationParams, VerificationResult, VerificationType, VerifiedBackup,
};

use super::physical::is_physical;
use super::scans::OpenScans;
use crate::BackupManager;
use crate::restore::Lifetime;

/// Prefix of the temporary collections of deep verifications.
pub(crate) const VERIFICATION_PREFIX: &str = "milvus_br_verify_";

/// The temporary collection of one verification of a backup.
fn temporary_name(backup_id: &BackupId, randomness: [u8; 4]) -> Result<CollectionName> {
    let backup_id = backup_id.as_str().replace('-', "_");
    format!("{VERIFICATION_PREFIX}{backup_id}_{:08x}", u32::from_be_bytes(randomness)).parse()
}

impl BackupManager {
    /// Verifies a backup, and records the outcome with it. With [`VerificationType::Deep`] it is also restored into a
    /// temporary collection, which is read back: rows (by digest and count), schema and indexes are compared with the
    /// backup, and the rows also with those of the source collection, if it still exists and is loaded.
    ///
    /// A backup whose files another program wrote is not restored: all its rows are decoded instead.
    ///
    /// A source collection that differs is a warning, since it may have changed. [`VerificationResult::compared`] lists what
    /// was compared.
    ///
    /// # Errors
    /// If the verification itself could not be done. Findings are part of the result.
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        if params.verification_type != VerificationType::Deep {
            return self.repository.verify_backup(collection, backup_id, params).await;
        }
        params.validate()?;
        self.repository.announce_verification(collection, backup_id);
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let scans = OpenScans::default();
        let verified =
            if self.repository.store.summary(collection, backup_id).await.is_ok_and(|found| is_physical(&found)) {
                let deadline = params.timeout.unwrap_or(self.repository.config.verification_timeout);
                environment
                    .bounded(deadline, Box::pin(self.verify_physical(&scans, collection, backup_id, params)))
                    .await
            } else {
                Box::pin(self.verify_restored(&scans, collection, backup_id, params)).await
            };
        self.close_scans(&scans).await;
        let mut result = verified?;
        result.success = result.errors.is_empty();
        result.verified_at = environment.clock.now();
        result.verification_time_ms = self.repository.milliseconds_since(started);
        self.repository.keep_verification(collection, &result, VerifiedBackup::Existing).await;
        Ok(result)
    }

    /// Verifies a backup by restoring it into a temporary collection, which is dropped in any case.
    async fn verify_restored(
        &self,
        scans: &OpenScans,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        let temporary = temporary_name(backup_id, self.repository.environment.entropy.bytes()?)?;
        let needed = [Access::RESTORING, &[Access::CreateIndex, Access::Load], Access::READING].concat();
        self.catalog.require_access(&temporary, &needed).await?;
        let verified = self.verify_deep(scans, collection, backup_id, params, &temporary).await;
        self.close_scans(scans).await;
        self.drop_temporary(collection, &temporary).await;
        verified
    }

    async fn verify_deep(
        &self,
        scans: &OpenScans,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        temporary: &CollectionName,
    ) -> Result<VerificationResult> {
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.repository.config.verification_timeout);
        let left = || deadline.saturating_sub(environment.clock.elapsed().saturating_sub(started));
        let files = self.compare_files(collection, backup_id, params);
        let (backup, mut result) = match environment.bounded(left(), files).await? {
            (Some(backup), result) => (backup, result),
            (None, result) => return Ok(result),
        };
        let mut restore = RestoreParams::to(temporary.clone());
        restore.verify_before_restore = Some(false);
        restore.auto_id = AutoIdPolicy::Plain;
        restore.timeout = Some(left());
        self.register_staging(collection, temporary, temporary, backup_id).await;
        // It observes the deadline itself, and cleans up when it passes.
        Box::pin(self.restore(collection, backup_id, &restore, Lifetime::Temporary)).await?;
        let restored = self.compare_restored(scans, collection, &backup, temporary, &mut result);
        environment.bounded(left(), restored).await?;
        Ok(result)
    }

    /// Verifies the files by their checksums, and returns the metadata if there are no findings.
    async fn compare_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<(Option<StoredBackup>, VerificationResult)> {
        let mut result = self.repository.compare_files(collection, backup_id, params).await?;
        result.compared.push("files with their checksums".to_owned());
        if !result.success {
            return Ok((None, result));
        }
        self.prune_dead_verifications(backup_id).await?;
        Ok((Some(self.repository.store.open(collection, backup_id).await?), result))
    }

    async fn compare_restored(
        &self,
        scans: &OpenScans,
        collection: &CollectionRef,
        backup: &StoredBackup,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let definition = self.repository.store.definition(&backup.metadata).await?;
        self.compare_definition(&definition, temporary, result).await?;
        self.make_searchable(&definition, temporary).await?;
        self.compare_restored_rows(scans, backup, &definition, temporary, result).await?;
        self.compare_live_rows(scans, collection, backup, &definition, result).await
    }

    async fn close_scans(&self, scans: &OpenScans) {
        if let Err(error) = scans.close().await {
            let message = format!("cannot end a scan of the verification: {}", error.full_message());
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }

    async fn drop_temporary(&self, collection: &CollectionRef, temporary: &CollectionName) {
        match self.catalog.drop_collection(temporary).await {
            Ok(()) => self.unregister_staging(collection, temporary).await,
            Err(error) => self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot drop `{temporary}`: {}", error.full_message()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_temporary_collection_is_marked_and_has_a_valid_name() {
        let name = temporary_name(&"20261122T073015Z-4f9c2a7e".parse().unwrap(), [0, 0, 0, 7]).unwrap();
        assert_eq!(name.as_str(), "milvus_br_verify_20261122T073015Z_4f9c2a7e_00000007");
    }
}
