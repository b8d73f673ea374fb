//! Backups in shorthand: `3C` is a completed backup of 3 days ago, `-1F` a failed one dated tomorrow, `30+C` one a
//! nanosecond older than 30 days. C completed, V verified, F failed, P partial, I in progress, Y verifying, N none.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupId, BackupState, BackupType, BackupVersion, Decision, DecisionAction};
use milvus_backup_retention::RetentionPolicy;

pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Count, days, minimum.
pub(crate) type Numbers = (u32, u32, u32);

pub(crate) fn policy((retention_count, retention_days, min_backups_to_keep): Numbers) -> RetentionPolicy {
    RetentionPolicy { retention_count, retention_days, min_backups_to_keep, ..RetentionPolicy::OFF }
}

pub(crate) fn state(letter: char) -> BackupState {
    match letter {
        'C' => BackupState::Completed,
        'V' => BackupState::Verified,
        'F' => BackupState::Failed,
        'P' => BackupState::PartiallyCompleted,
        'I' => BackupState::InProgress,
        'Y' => BackupState::Verifying,
        'N' => BackupState::None,
        other => panic!("no state {other}"),
    }
}

/// A backup of `items` of `age` before [`now`], told apart by `number`.
pub(crate) fn backup(age: SignedDuration, state: BackupState, number: u32) -> BackupVersion {
    backup_at(now() - age, state, number)
}

/// A backup of `items` started at `created_at`, told apart by `number`.
pub(crate) fn backup_at(created_at: Timestamp, state: BackupState, number: u32) -> BackupVersion {
    BackupVersion {
        backup_id: BackupId::new(created_at, number.to_be_bytes()),
        backup_name: format!("backup {number}"),
        database: "default".to_owned(),
        collection_name: "items".to_owned(),
        created_at,
        backup_type: BackupType::FullCollection,
        partition_names: ["_default".to_owned(), "a".to_owned()].into(),
        is_partial: state == BackupState::PartiallyCompleted,
        row_count: 1000,
        size_bytes: 100 + u64::from(number),
        state,
        is_verified: false,
        tags: vec![],
        set_id: None,
        pin: None,
    }
}

/// Backups from shorthand, separated by spaces, newest first. Those of one age get falling identifiers.
pub(crate) fn backups(shorthand: &str) -> Vec<BackupVersion> {
    shorthand.split_whitespace().zip((0..1000).rev()).map(|(text, number)| parse(text, number)).collect()
}

fn parse(text: &str, number: u32) -> BackupVersion {
    let (age, letter) = text.split_at(text.len() - 1);
    let (days, beyond) = age.strip_suffix('+').map_or((age, 0), |days| (days, 1));
    let age = SignedDuration::from_hours(24 * days.parse::<i64>().unwrap()) + SignedDuration::from_nanos(beyond);
    backup(age, state(letter.chars().next().unwrap()), number)
}

/// Makes a backup one of these partitions, separated by spaces.
pub(crate) fn of_partitions(backup: &mut BackupVersion, partitions: &str) {
    backup.backup_type = BackupType::Partition;
    backup.partition_names = partitions.split_whitespace().map(str::to_owned).collect();
}

/// `K` and `D` per decision.
pub(crate) fn actions(decisions: &[Decision]) -> String {
    decisions.iter().map(|decision| if decision.action == DecisionAction::Keep { 'K' } else { 'D' }).collect()
}
