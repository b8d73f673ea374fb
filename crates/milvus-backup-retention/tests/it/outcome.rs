//! Savings and the report.

use milvus_backup_core::DecisionAction;
use milvus_backup_core::RetentionResult;
use milvus_backup_retention::{RetentionPolicy, calculate_storage_savings};

use crate::fixtures::{backups, now, policy};

#[test]
fn the_report_adds_up() {
    let mut backups = backups("1C 2C 3C");
    backups[1].size_bytes = 1 << 30;
    backups[2].size_bytes = 1 << 29;
    let policy = policy((1, 0, 0));
    let decisions = policy.decide(&backups, now());
    assert_eq!(calculate_storage_savings(&backups, &decisions), (3 << 29, 1.5));

    let deleted = vec![backups[1].backup_id.clone()];
    let result = RetentionResult::new(&backups, decisions, false, deleted.clone());
    assert_eq!((result.total_backups, result.backups_to_keep, result.backups_to_delete), (3, 1, 2));
    assert_eq!((result.storage_to_free_bytes, result.dry_run), (3 << 29, false));
    assert_eq!(result.deleted_backup_ids, deleted);
    assert_eq!(policy.backups_to_keep(&backups, now()), [&backups[0]]);
    assert_eq!(policy.backups_to_delete(&backups, now()), [&backups[1], &backups[2]]);
}

#[test]
fn strange_sizes_and_strange_decisions_do_no_harm() {
    let mut backups = backups("1C 2C 3C");
    for backup in &mut backups {
        backup.size_bytes = u64::MAX;
    }
    let mut decisions = policy((1, 0, 0)).decide(&backups, now());
    assert_eq!(calculate_storage_savings(&backups, &decisions).0, u64::MAX);
    decisions[1].collection_name = "other".to_owned();
    decisions[2].action = DecisionAction::Keep;
    assert_eq!(calculate_storage_savings(&backups, &decisions).0, 0);
    assert_eq!(RetentionResult::new(&[], RetentionPolicy::default().decide(&[], now()), true, vec![]).total_backups, 0);
}
