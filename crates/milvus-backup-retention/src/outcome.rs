//! What decisions free, and the report of applying them.

use std::collections::HashMap;

use milvus_backup_core::{BackupId, BackupVersion, Decision, DecisionAction, RetentionResult};

use crate::decide::collection_label;

const GIB: f64 = 1_073_741_824.0;

/// What deleting would free: in bytes, and the same in GiB.
///
/// Decisions on backups that are not among `backups` free nothing.
#[expect(clippy::cast_precision_loss, reason = "GiB are for people to read")]
pub fn calculate_storage_savings(backups: &[BackupVersion], decisions: &[Decision]) -> (u64, f64) {
    let sizes: HashMap<(&BackupId, String), u64> =
        backups.iter().map(|backup| ((&backup.backup_id, collection_label(backup)), backup.size_bytes)).collect();
    let freed = decisions
        .iter()
        .filter(|decision| decision.action == DecisionAction::Delete)
        .filter_map(|decision| sizes.get(&(&decision.backup_id, decision.collection_name.clone())))
        .fold(0_u64, |sum, size| sum.saturating_add(*size));
    (freed, freed as f64 / GIB)
}

/// The report of applying `decisions`, which were made on `backups`.
///
/// `deleted_backup_ids` are those that were deleted indeed, in the order of deletion: none in a dry run, and fewer
/// than decided where a deletion failed. The other numbers tell what was decided.
pub fn retention_result(
    backups: &[BackupVersion],
    decisions: Vec<Decision>,
    dry_run: bool,
    deleted_backup_ids: Vec<BackupId>,
) -> RetentionResult {
    let (storage_to_free_bytes, storage_to_free_gb) = calculate_storage_savings(backups, &decisions);
    let total_backups = decisions.len() as u64;
    let to_delete = decisions.iter().filter(|decision| decision.action == DecisionAction::Delete).count() as u64;
    RetentionResult {
        dry_run,
        total_backups,
        backups_to_keep: total_backups - to_delete,
        backups_to_delete: to_delete,
        storage_to_free_bytes,
        storage_to_free_gb,
        deleted_backup_ids,
        decisions,
    }
}
