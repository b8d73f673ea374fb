//! One run of a job.

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupResult, BackupType, CollectionRef, ErrorKind, Result, RetentionRules,
    VerificationParams, VerificationType,
};

use super::job::{CopyTarget, JobPlan};
use super::outcome::{JobOutcome, StepFailure};
use super::rotation::last_verification;
use crate::{BackupManager, BackupRepository, Instance, SetCreation, SetOutcome};

impl Instance {
    /// Runs a job: first all backups, then for each of them what follows. A collection that fails does not keep the others
    /// from being backed up, and nothing of it is deleted. An interrupt ends the run.
    ///
    /// # Errors
    /// None of its own: every failure is in the outcome.
    pub async fn run_job(&self, plan: &JobPlan) -> JobOutcome {
        let mut run = JobRun { instance: self, manager: &self.home, plan, outcome: JobOutcome::default() };
        for metadata in run.back_up().await {
            if run.outcome.is_interrupted() {
                break;
            }
            run.follow_up(metadata).await;
        }
        run.outcome
    }
}

#[derive(Debug)]
struct JobRun<'a> {
    instance: &'a Instance,
    manager: &'a BackupManager,
    plan: &'a JobPlan,
    outcome: JobOutcome,
}

impl JobRun<'_> {
    /// Backs up the collections, and returns the metadata of the complete backups. Their collections are the real ones: the
    /// names of the job may be aliases.
    async fn back_up(&mut self) -> Vec<BackupMetadata> {
        let outcomes = match self.backups().await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                self.outcome.failures.push(StepFailure::of("back up".to_owned(), error));
                return Vec::new();
            }
        };
        let mut complete = Vec::new();
        for (name, outcome) in outcomes {
            let step = format!("back up {name}");
            match outcome {
                Ok(result) => {
                    match result.metadata.clone().filter(|_| result.success) {
                        Some(metadata) => complete.push(metadata),
                        None => self.failed(step, format!("the backup is {}", result.state)),
                    }
                    self.outcome.backups.push(result);
                }
                Err(error) => {
                    let storage_type = self.manager.storage_type();
                    self.outcome.backups.push(BackupResult::from_error(&name, storage_type, &error));
                    self.outcome.failures.push(StepFailure::of(step, error));
                }
            }
        }
        complete
    }

    /// Makes the backups: one, or those of a set.
    async fn backups(&mut self) -> Result<Vec<(String, Result<BackupResult>)>> {
        let JobPlan { selection, backup, at_once, .. } = self.plan;
        if let Some(name) = selection.single_name().filter(|name| !name.contains('.')) {
            let outcome = Box::pin(self.manager.create_backup(&name.parse()?, backup)).await;
            return Ok(vec![(name, outcome)]);
        }
        let chosen = self.instance.choose(selection).await?;
        let creation = SetCreation { params: backup.clone(), at_once: *at_once };
        let SetOutcome { set, outcomes } =
            Box::pin(self.instance.create_set(selection, chosen, &creation, |_, _| {})).await?;
        self.noted("record the set".to_owned(), set);
        Ok(outcomes)
    }

    /// Runs the steps after the backup of one collection.
    async fn follow_up(&mut self, metadata: BackupMetadata) {
        let step = format!("back up {}", metadata.collection_name);
        let Some(collection) = self.noted(step, metadata.collection()) else { return };
        let backup_id = metadata.backup_id;
        let is_sound = self.verify(&collection, &backup_id).await;
        // A damaged backup is neither copied nor does anything else make place for it.
        if is_sound && self.copy(&collection).await {
            self.retain(&collection).await;
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
            VerificationType::Deep => match self.instance.manager(&collection.database) {
                Ok(manager) => manager.verify_backup(collection, backup_id, &params).await,
                Err(error) => Err(error),
            },
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
