//! Verification of the files of a backup, which needs no Milvus.

use milvus_backup_core::{
    BackupId, CollectionRef, Error, Operation, ProgressEvent, Result, VerificationParams, VerificationRecord,
    VerificationResult, VerificationType, VerifiedBackup,
};

use super::any_content::AnyContent;
use super::physical::is_physical;
use crate::BackupRepository;

impl BackupRepository {
    /// Verifies a backup by its checksums, or a sample of it, and records the outcome with it.
    ///
    /// Findings are part of the result; an error means that the verification itself could not be done.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`], also for [`VerificationType::Deep`] of a logical backup, which needs Milvus: see
    /// [`crate::BackupManager::verify_backup`].
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        params.validate()?;
        self.announce_verification(collection, backup_id);
        let deadline = params.timeout.unwrap_or(self.config.verification_timeout);
        if params.verification_type == VerificationType::Deep {
            let verification = Box::pin(self.verify_deep(collection, backup_id, params));
            return self.environment.bounded(deadline, verification).await;
        }
        let verification = self.verify_files(collection, backup_id, params, VerifiedBackup::Existing);
        self.environment.bounded(deadline, verification).await
    }

    /// Verifies a backup deeply, which needs no server if another program wrote its files.
    async fn verify_deep(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        if !self.store.summary(collection, backup_id).await.is_ok_and(|metadata| is_physical(&metadata)) {
            return Err(Error::InvalidParameter {
                field: "verification_type".to_owned(),
                value: "DEEP".to_owned(),
                limit: "CHECKSUM or QUICK without a Milvus".to_owned(),
            });
        }
        let started = self.environment.clock.elapsed();
        let (mut result, _) = self.decode_all(collection, backup_id, params).await?;
        result.verification_time_ms = self.milliseconds_since(started);
        self.keep_verification(collection, &result, VerifiedBackup::Existing).await;
        Ok(result)
    }

    pub(crate) fn announce_verification(&self, collection: &CollectionRef, backup_id: &BackupId) {
        self.progress.event(ProgressEvent::Started {
            operation: Operation::Verify,
            backup_id: backup_id.clone(),
            collection: collection.to_string(),
        });
    }

    /// Verifies the files and records the outcome.
    async fn verify_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        owner: VerifiedBackup,
    ) -> Result<VerificationResult> {
        let started = self.environment.clock.elapsed();
        let mut result = self.compare_files(collection, backup_id, params).await?;
        result.verification_time_ms = self.milliseconds_since(started);
        self.keep_verification(collection, &result, owner).await;
        Ok(result)
    }

    /// Verifies the files. A quick verification without a seed gets a random one.
    pub(crate) async fn compare_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        let mut params = params.clone();
        if params.seed.is_none() {
            params.seed = Some(u64::from(u32::from_be_bytes(self.environment.entropy.bytes()?)));
        }
        let (now, progress) = (self.environment.clock.now(), self.progress.as_ref());
        let physical = self.physical.as_ref().map(|physical| physical.content_check());
        let content = AnyContent { rows: self.format.content_check(), physical };
        self.store.verify(collection, backup_id, &params, now, &content, progress).await
    }

    /// Records the outcome with the backup. If the store is read-only, the verification does not fail.
    pub(crate) async fn keep_verification(
        &self,
        collection: &CollectionRef,
        result: &VerificationResult,
        owner: VerifiedBackup,
    ) {
        let kept = self.store.keep_verification(collection, &result.backup_id, &result.into(), owner).await;
        if let Err(error) = kept {
            let message = format!("cannot keep the outcome of the verification: {}", error.full_message());
            self.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Verifies a backup, and returns the record of it.
    ///
    /// # Errors
    /// [`Error::Corrupted`] for damage.
    pub(crate) async fn require_verified(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        owner: VerifiedBackup,
    ) -> Result<VerificationRecord> {
        let mut params = VerificationParams::checksum();
        params.fail_fast = false;
        let result = self.verify_files(collection, backup_id, &params, owner).await?;
        if result.success {
            return Ok((&result).into());
        }
        let first = result.errors.first().map_or_else(String::new, |finding| finding.message.clone());
        Err(Error::Corrupted {
            backup: backup_id.to_string(),
            message: match result.files_verified {
                1 => format!("the file that was checked failed: {first}"),
                checked => format!("{} of {checked} files failed: {first}", result.files_failed),
            },
            failed_files: result.errors.into_iter().map(|finding| finding.file).collect(),
        })
    }
}
