//! Retention: the decisions of the rules, and the deletion of backups.

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupVersion, BrokenBackup, CollectionRef, Decision, DecisionAction, Error, Hint,
    Listing, Result, RetentionResult, RetentionRules,
};

use crate::BackupRepository;

/// The decisions of a retention policy, and the backups that it could not examine.
#[derive(Debug)]
pub struct RetentionPlan {
    backups: Vec<BackupMetadata>,
    versions: Vec<BackupVersion>,
    decisions: Vec<Decision>,
    warnings: Vec<String>,
    /// Whether it is over all collections.
    is_of_all: bool,
    /// Backups whose metadata cannot be read.
    pub broken: Vec<BrokenBackup>,
}

impl RetentionPlan {
    /// Returns the result of a dry run: nothing is deleted.
    pub fn dry_run(&self) -> RetentionResult {
        self.result(true, Vec::new())
    }

    fn result(&self, dry_run: bool, deleted: Vec<BackupId>) -> RetentionResult {
        RetentionResult::new(&self.versions, self.decisions.clone(), dry_run, deleted)
            .with_warnings(self.warnings.clone())
    }
}

impl BackupRepository {
    /// Decides which backups of one collection, or of all, to delete. Backups that cannot be read are neither counted nor
    /// deleted.
    pub async fn plan_retention(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
    ) -> Result<RetentionPlan> {
        let Listing { backups, broken } = self.list_backups(collection).await?;
        let versions: Vec<BackupVersion> = backups.iter().map(BackupVersion::from).collect();
        let now = self.environment.clock.now();
        let (decisions, warnings) = (rules.decide(&versions, now), rules.warnings(&versions, now));
        Ok(RetentionPlan { backups, versions, decisions, warnings, is_of_all: collection.is_none(), broken })
    }

    /// Deletes the backups that a plan selects, oldest first. Others are kept, whatever has changed since the plan; so are
    /// those that were pinned since, with a warning. Of a set that has no member left, the record is removed as well, if the
    /// plan is over all collections.
    ///
    /// # Errors
    /// The first failure to delete. Backups deleted before it stay deleted.
    pub async fn apply_retention_plan(&self, plan: &RetentionPlan) -> Result<RetentionResult> {
        let (mut deleted, mut warnings) = (Vec::new(), plan.warnings.clone());
        // The list is newest first.
        for metadata in plan.backups.iter().rev() {
            let collection = metadata.collection()?;
            let name = collection.to_string();
            let to_delete = plan.decisions.iter().any(|decision| {
                decision.action == DecisionAction::Delete
                    && decision.backup_id == metadata.backup_id
                    && decision.collection_name == name
            });
            if to_delete {
                match self.delete_backup(&collection, &metadata.backup_id).await {
                    Ok(()) => deleted.push(metadata.backup_id.clone()),
                    Err(Error::Refused { reason, hint: Hint::Unpin(_) }) => {
                        warnings.push(format!("{reason} meanwhile"));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if plan.is_of_all && plan.backups.iter().any(|one| one.set_id.is_some() && deleted.contains(&one.backup_id)) {
            let readable = || plan.backups.iter().map(|metadata| &metadata.backup_id);
            let broken = || plan.broken.iter().map(|broken| &broken.backup_id);
            let remains = |id: &BackupId| readable().chain(broken()).any(|one| one == id) && !deleted.contains(id);
            self.forget_empty_sets(&deleted, remains).await?;
        }
        Ok(plan.result(false, deleted).with_warnings(warnings))
    }

    /// Creates a plan, and applies it unless `dry_run` is set.
    pub async fn apply_retention_policy(
        &self,
        collection: Option<&CollectionRef>,
        rules: &dyn RetentionRules,
        dry_run: bool,
    ) -> Result<RetentionResult> {
        let plan = self.plan_retention(collection, rules).await?;
        if dry_run { Ok(plan.dry_run()) } else { self.apply_retention_plan(&plan).await }
    }
}
