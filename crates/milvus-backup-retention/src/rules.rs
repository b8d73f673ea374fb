//! The rules for one backup whose position in its series is known.
//!
//! Must always hold: a rule only ever keeps, so an additional rule, or a larger number in one, cannot delete more.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::wording::count;
use milvus_backup_core::{BackupState, BackupVersion, DecisionAction};

use crate::keep;
use crate::numbers::{in_words, ordinal};
use crate::policy::RetentionPolicy;
use crate::position::Position;

const DAY: i64 = 24 * 60 * 60;

/// Returns the decision on `backup`, with every reason for it.
pub(crate) fn judge(
    policy: &RetentionPolicy,
    backup: &BackupVersion,
    position: &Position<'_>,
    now: Timestamp,
) -> (DecisionAction, Vec<String>) {
    let mut reasons: Vec<String> = backup.pin.iter().map(ToString::to_string).collect();
    if policy.keeps_everything() {
        reasons.push("every retention rule is off".to_owned());
        return (DecisionAction::Keep, reasons);
    }
    let is_future = backup.created_at > now;
    if is_future {
        reasons.push("dated in the future".to_owned());
    }
    match backup.state {
        BackupState::Completed | BackupState::Verified if is_future => {}
        BackupState::Completed | BackupState::Verified => {
            reasons.extend(complete(policy, position));
            reasons.extend(keep::complete(&policy.keep, backup, position));
        }
        BackupState::Failed | BackupState::PartiallyCompleted => reasons.extend(incomplete(policy, backup, position)),
        BackupState::InProgress => reasons.push("still being written".to_owned()),
        BackupState::Verifying => reasons.push("being verified".to_owned()),
        state => reasons.push(format!("in state {state}, which no rule may delete")),
    }
    if within_days(policy, backup, now) {
        reasons.push(format!("newer than {}", count(policy.retention_days.into(), "day")));
    }
    reasons.extend(keep::in_any_state(&policy.keep, backup, position));
    if reasons.is_empty() {
        (DecisionAction::Delete, vec![no_rule(policy, backup, position, now)])
    } else {
        (DecisionAction::Keep, reasons)
    }
}

fn complete(policy: &RetentionPolicy, position: &Position<'_>) -> Vec<String> {
    let (count, min) = (policy.retention_count, policy.min_backups_to_keep);
    let rank = position.rank();
    let mut reasons = Vec::new();
    if rank == 0 {
        reasons.push(format!("newest {}", position.counted("complete")));
    }
    if rank < u64::from(min) {
        let backups = if min == 1 { position.series.of("") } else { position.series.of_several("") };
        reasons.push(format!("minimum of {min} {backups}"));
    }
    if rank < u64::from(count) {
        reasons.push(format!("{} newest {} (keep {count})", ordinal(rank + 1), position.counted("")));
    }
    reasons
}

fn incomplete(policy: &RetentionPolicy, backup: &BackupVersion, position: &Position<'_>) -> Option<String> {
    let (state, newer) = (backup.state, position.rank());
    let limits = [(policy.retention_count, "keep"), (policy.keep.last, "keep last")];
    if !position.any_complete {
        Some(format!("{state}, but there is no {}", position.series.of("complete")))
    } else if newer == 0 {
        Some(format!("{state}, but newer than the newest {}", position.counted("complete")))
    } else {
        let (limit, word) = limits.into_iter().find(|(limit, _)| newer < u64::from(*limit))?;
        Some(format!("{state}, with only {} ({word} {limit})", newer_complete(position)))
    }
}

/// Returns the number of newer complete backups in words: `1 newer complete full backup`.
fn newer_complete(position: &Position<'_>) -> String {
    match position.rank() {
        1 => format!("1 {}", position.counted("newer complete")),
        newer => format!("{newer} {}", position.counted_several("newer complete")),
    }
}

fn within_days(policy: &RetentionPolicy, backup: &BackupVersion, now: Timestamp) -> bool {
    let kept = SignedDuration::from_secs(i64::from(policy.retention_days) * DAY);
    let age = now.duration_since(backup.created_at);
    policy.retention_days > 0 && !age.is_negative() && age <= kept
}

fn no_rule(policy: &RetentionPolicy, backup: &BackupVersion, position: &Position<'_>, now: Timestamp) -> String {
    let mut reasons = vec![place(policy, backup, position)];
    if policy.retention_days > 0 {
        let kept = count(policy.retention_days.into(), "day");
        let age = now.duration_since(backup.created_at);
        let just_past = age.as_secs() / DAY == i64::from(policy.retention_days);
        let age = if just_past { ["just over ", &kept].concat() } else { in_words(age) };
        reasons.push([&age, " old (keep ", &kept, ")"].concat());
    }
    reasons.extend(keep::why_not(&policy.keep, position));
    format!("no rule keeps it: {}", reasons.join(", "))
}

/// Returns the place of a backup in the counts, with the numbers that it is beyond.
fn place(policy: &RetentionPolicy, backup: &BackupVersion, position: &Position<'_>) -> String {
    let (keep, min, last) = (policy.retention_count, policy.min_backups_to_keep, policy.keep.last);
    let mut limits = Vec::new();
    if keep > 0 && (keep >= min || !backup.is_complete()) {
        limits.push(format!("keep {keep}"));
    } else if min > 0 && backup.is_complete() {
        limits.push(format!("minimum {min}"));
    }
    if last > 0 {
        limits.push(format!("keep last {last}"));
    }
    let limits = if limits.is_empty() { String::new() } else { format!(" ({})", limits.join(", ")) };
    if backup.is_complete() {
        format!("{} newest {}{limits}", ordinal(position.rank() + 1), position.counted(""))
    } else {
        format!("{} with {}{limits}", backup.state, newer_complete(position))
    }
}
