//! The collection that a restore has prepared, and the result that is reported of it.

use milvus_backup_core::{NotRestored, RestorePlan, RestoreResult};

use super::insertion::InsertedRows;
use super::job::RestoreJob;
use super::target::Target;

/// A complete collection that does not have its final name yet.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) plan: RestorePlan,
    pub(super) target: Target,
    pub(super) filled: InsertedRows,
    pub(super) indexes: u64,
    pub(super) verified: bool,
}

impl Staged {
    pub(super) fn into_result(self, job: &RestoreJob<'_>, cleanup_failures: Vec<String>) -> RestoreResult {
        let not_restored = self.not_restored(job);
        let Self { plan, target, filled, indexes, verified } = self;
        let metadata = &plan.backup.metadata;
        let mut limitations = metadata.limitations.clone();
        limitations.extend(target.limitations);
        limitations.extend(cleanup_failures);
        limitations.extend(filled.failures());
        RestoreResult {
            error_message: None,
            success: filled.failed.is_empty(),
            backup_id: metadata.backup_id.clone(),
            source_collection_name: metadata.collection_name.to_string(),
            target_collection_name: job.target.to_string(),
            rows_restored: filled.rows,
            partitions_restored: filled.restored,
            indexes_restored: indexes,
            verification_passed: verified,
            not_restored,
            limitations,
            execution_time_ms: 0,
        }
    }

    /// Returns the properties of the source that the target lacks, although the server supports them.
    fn not_restored(&self, job: &RestoreJob<'_>) -> Vec<NotRestored> {
        let (metadata, params) = (&self.plan.backup.metadata, job.params);
        let mut missing = Vec::new();
        if params.into_existing {
            return missing;
        }
        let kept = &job.existing_aliases;
        let aliases: Vec<String> = metadata.aliases.iter().filter(|alias| !kept.contains(alias)).cloned().collect();
        if !params.with_aliases && !aliases.is_empty() {
            missing.push(NotRestored::Aliases { names: aliases });
        }
        if !params.restore_indexes && metadata.include_indexes {
            missing.push(NotRestored::Indexes);
        }
        if metadata.was_loaded && !params.load_after_restore {
            missing.push(NotRestored::LoadState { replicas: metadata.replica_number });
        }
        missing
    }
}
