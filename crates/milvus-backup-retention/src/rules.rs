//! The rules for one backup whose place among the others is known.
//!
//! Must always hold: a rule only ever keeps, so another rule, or a larger number in one, cannot delete more.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupState, BackupVersion, DecisionAction};

use crate::policy::RetentionPolicy;
use crate::wording::{in_words, ordinal, plural};

const DAY: i64 = 24 * 60 * 60;

/// Where a backup stands among those of its collection. Complete backups dated in the future do not count.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    /// Complete backups that are newer.
    pub(crate) newer_complete: u64,
    /// Whether the collection has any complete backup.
    pub(crate) any_complete: bool,
}

/// Whether nothing that was asked for is missing from the backup.
pub(crate) fn is_complete(backup: &BackupVersion) -> bool {
    matches!(backup.state, BackupState::Completed | BackupState::Verified)
}

/// The decision on `backup`, and every reason for it.
pub(crate) fn judge(
    policy: &RetentionPolicy,
    backup: &BackupVersion,
    position: Position,
    now: Timestamp,
) -> (DecisionAction, Vec<String>) {
    if policy.keeps_everything() {
        return (DecisionAction::Keep, vec!["every retention rule is off".to_owned()]);
    }
    let mut reasons = Vec::new();
    if backup.created_at > now {
        reasons.push("dated in the future".to_owned());
    }
    match backup.state {
        BackupState::Completed | BackupState::Verified if reasons.is_empty() => {
            reasons.extend(complete(policy, position.newer_complete));
        }
        BackupState::Completed | BackupState::Verified => {}
        BackupState::Failed | BackupState::PartiallyCompleted => reasons.extend(incomplete(policy, backup, position)),
        BackupState::InProgress => reasons.push("still being written".to_owned()),
        BackupState::Verifying => reasons.push("being verified".to_owned()),
        state => reasons.push(format!("in state {state}, which no rule may delete")),
    }
    if within_days(policy, backup, now) {
        reasons.push(format!("newer than {}", plural(policy.retention_days.into(), "day")));
    }
    if reasons.is_empty() {
        (DecisionAction::Delete, vec![no_rule(policy, backup, position, now)])
    } else {
        (DecisionAction::Keep, reasons)
    }
}

fn complete(policy: &RetentionPolicy, newer: u64) -> Vec<String> {
    let (count, min) = (policy.retention_count, policy.min_backups_to_keep);
    let mut reasons = Vec::new();
    if newer == 0 {
        reasons.push("newest complete backup".to_owned());
    }
    if newer < u64::from(min) {
        reasons.push(format!("minimum of {}", plural(min.into(), "backup")));
    }
    if newer < u64::from(count) {
        reasons.push(format!("{} newest of {count} kept by count", ordinal(newer + 1)));
    }
    reasons
}

fn incomplete(policy: &RetentionPolicy, backup: &BackupVersion, position: Position) -> Option<String> {
    let (state, newer) = (backup.state, position.newer_complete);
    if !position.any_complete {
        Some(format!("{state}, but there is no complete backup"))
    } else if newer == 0 {
        Some(format!("{state}, but newer than the newest complete backup"))
    } else if newer < u64::from(policy.retention_count) {
        let newer = plural(newer, "newer complete backup");
        Some(format!("{state}, with only {newer} (keep {})", policy.retention_count))
    } else {
        None
    }
}

fn within_days(policy: &RetentionPolicy, backup: &BackupVersion, now: Timestamp) -> bool {
    let kept = SignedDuration::from_secs(i64::from(policy.retention_days) * DAY);
    let age = now.duration_since(backup.created_at);
    policy.retention_days > 0 && !age.is_negative() && age <= kept
}

fn no_rule(policy: &RetentionPolicy, backup: &BackupVersion, position: Position, now: Timestamp) -> String {
    let newer = position.newer_complete;
    let (count, min) = (policy.retention_count, policy.min_backups_to_keep);
    let place = if is_complete(backup) {
        let limit = if count > 0 && count >= min { format!("keep {count}") } else { format!("minimum {min}") };
        format!("{} newest ({limit})", ordinal(newer + 1))
    } else {
        let limit = if count > 0 { format!(" (keep {count})") } else { String::new() };
        format!("{} with {}{limit}", backup.state, plural(newer, "newer complete backup"))
    };
    let mut text = format!("no rule keeps it: {place}");
    if policy.retention_days > 0 {
        let kept = plural(policy.retention_days.into(), "day");
        let age = now.duration_since(backup.created_at);
        let just_past = age.as_secs() / DAY == i64::from(policy.retention_days);
        let age = if just_past { ["just over ", &kept].concat() } else { in_words(age) };
        text.push_str(&[", ", &age, " old (keep ", &kept, ")"].concat());
    }
    text
}
