//! One run of a job.

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupResult, BackupStorageType, BackupType, CollectionName, CollectionRef, ErrorKind,
    Result, RetentionRules, VerificationParams, VerificationType,
};

use super::job::{CopyTarget, JobPlan};
use super::outcome::{JobOutcome, StepFailure};
use super::rotation::last_verification;
use crate::{BackupManager, BackupRepository};

impl BackupManager {
    /// Runs a job. A collection that fails does not keep the others from being backed up, and nothing of it is deleted.
    /// An interrupt ends the run.
    ///
    /// # Errors
    /// None of its own: every failure is in the outcome.
    pub async fn run_job(&self, plan: &JobPlan) -> JobOutcome {
        let mut run = JobRun { manager: self, plan, outcome: JobOutcome::default() };
        for collection in &plan.collections {
            if !run.collection(collection).await {
                break;
            }
        }
        run.outcome
    }
}

#[derive(Debug)]
struct JobRun<'a> {
    manager: &'a BackupManager,
    plan: &'a JobPlan,
    outcome: JobOutcome,
}

impl JobRun<'_> {
    /// Runs all steps for one collection. Returns whether to continue with the next one.
    async fn collection(&mut self, name: &CollectionName) -> bool {
        let Some(metadata) = self.back_up(name).await else { return !self.outcome.is_interrupted() };
        let Some(collection) = self.noted(format!("back up {name}"), metadata.collection()) else { return true };
        let backup_id = metadata.backup_id;
        let is_sound = self.verify(&collection, &backup_id).await;
        // A damaged backup is neither copied nor does anything else make place for it.
        if is_sound && self.copy(&collection).await {
            self.retain(&collection).await;
        }
        !self.outcome.is_interrupted()
    }

    /// Backs up a collection, and returns the metadata of a complete backup. Its collection is the real one: the name of the
    /// job may be an alias.
    async fn back_up(&mut self, name: &CollectionName) -> Option<BackupMetadata> {
        let step = format!("back up {name}");
        match Box::pin(self.manager.create_backup(name, &self.plan.backup)).await {
            Ok(result) => {
                let metadata = result.metadata.clone().filter(|_| result.success);
                if metadata.is_none() {
                    self.failed(step, format!("the backup is {}", result.state));
                }
                self.outcome.backups.push(result);
                metadata
            }
            Err(error) => {
                self.outcome.backups.push(BackupResult::from_error(
                    name.as_str(),
                    BackupStorageType::LocalFile,
                    &error,
                ));
                self.outcome.failures.push(StepFailure::of(step, error));
                None
            }
        }
    }

    /// Verifies the new backup more deeply, if that is due. Returns whether it is not damaged.
    async fn verify(&mut self, collection: &CollectionRef, backup_id: &BackupId) -> bool {
        let Some((depth, interval)) = self.plan.verification else { return true };
        let step = format!("verify {backup_id}");
        let Some(listing) = self.noted(step.clone(), self.manager.list_backups(Some(collection)).await) else {
            return false;
        };
        let now = self.manager.repository.environment.clock.now();
        let last = listing.backups.iter().filter_map(|metadata| last_verification(metadata, depth, now)).max();
        if last.is_some_and(|last| now.duration_since(last).unsigned_abs() < interval) {
            return true;
        }
        let mut params = VerificationParams::default();
        params.verification_type = depth;
        let verified = match depth {
            VerificationType::Deep => self.manager.verify_backup(collection, backup_id, &params).await,
            _ => self.manager.repository.verify_backup(collection, backup_id, &params).await,
        };
        match self.noted(step.clone(), verified) {
            Some(result) if result.success => {
                self.outcome.verified.push(backup_id.clone());
                true
            }
            Some(result) => {
                self.failed(step, format!("{} of {} files are damaged", result.files_failed, result.files_verified));
                false
            }
            None => false,
        }
    }

    /// Copies the backups that the other repositories do not have yet: those that are newer than the newest one there.
    /// Returns whether all of them are there now.
    async fn copy(&mut self, collection: &CollectionRef) -> bool {
        let mut is_complete = true;
        for target in &self.plan.copies {
            let step = format!("copy {collection} to {}", target.repository.root());
            let copied = self.noted(step, copy_newer(&self.manager.repository, collection, target).await);
            is_complete &= copied.is_some();
            self.outcome.copied += copied.unwrap_or_default();
        }
        is_complete
    }

    async fn retain(&mut self, collection: &CollectionRef) {
        let here = (&self.manager.repository, self.plan.retention.as_deref());
        let there = self.plan.copies.iter().map(|target| (&target.repository, target.retention.as_deref()));
        for (repository, rules) in std::iter::once(here).chain(there) {
            let Some(rules) = rules else { continue };
            let step = format!("delete backups of {collection} in {}", repository.root());
            let deleted = self.noted(step, retained(repository, collection, rules).await);
            self.outcome.deleted.extend(deleted.unwrap_or_default());
        }
    }

    fn noted<T>(&mut self, step: String, outcome: Result<T>) -> Option<T> {
        outcome.map_err(|error| self.outcome.failures.push(StepFailure::of(step, error))).ok()
    }

    fn failed(&mut self, step: String, reason: String) {
        self.outcome.failures.push(StepFailure { step, error: None, reason });
    }
}

async fn copy_newer(source: &BackupRepository, collection: &CollectionRef, target: &CopyTarget) -> Result<u64> {
    let there = target.repository.list_backups(Some(collection)).await?;
    let newest = there.backups.iter().map(|metadata| metadata.created_at).max();
    let here = source.list_backups(Some(collection)).await?;
    let missing = here.backups.iter().rev().filter(|metadata| {
        let is_whole = metadata.backup_type == BackupType::FullCollection && metadata.is_completed();
        is_whole && newest.is_none_or(|newest| metadata.created_at > newest)
    });
    let mut copied = 0;
    for metadata in missing {
        match source.copy_backup(collection, &metadata.backup_id, &target.repository, &target.params).await {
            Ok(_) => copied += 1,
            // Another process deleted it meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(copied)
}

async fn retained(
    repository: &BackupRepository,
    collection: &CollectionRef,
    rules: &dyn RetentionRules,
) -> Result<Vec<BackupId>> {
    let result = repository.apply_retention_policy(Some(collection), rules, false).await?;
    Ok(result.deleted_backup_ids)
}
