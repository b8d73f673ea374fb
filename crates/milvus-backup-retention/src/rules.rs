//! The rules for one backup whose position in its series is known.
//!
//! Must always hold: a rule only ever keeps, so an additional rule, or a larger number in one, cannot delete more.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::wording::count;
use milvus_backup_core::{BackupSeries, BackupState, BackupVersion, DecisionAction};

use crate::policy::RetentionPolicy;
use crate::wording::{in_words, ordinal};

const DAY: i64 = 24 * 60 * 60;

/// The position of a backup in its series. Complete backups dated in the future do not count.
pub(crate) struct Position<'a> {
    /// The series of the backup.
    pub(crate) series: &'a BackupSeries,
    /// Number of newer complete backups, including shrunken ones.
    pub(crate) newer_complete: u64,
    /// Number of shrunken backups among these.
    pub(crate) newer_shrunken: u64,
    /// Whether the backup is itself shrunken.
    pub(crate) is_shrunken: bool,
    /// Whether the series has any complete backup.
    pub(crate) any_complete: bool,
}

impl Position<'_> {
    /// Returns the number of complete backups that precede this one in the counts. Shrunken ones precede only other
    /// shrunken ones, so that they never displace a good backup.
    fn rank(&self) -> u64 {
        if self.is_shrunken { self.newer_complete } else { self.newer_complete - self.newer_shrunken }
    }

    /// Returns the noun for the backups that are counted.
    fn counted(&self, adjective: &str) -> String {
        self.series.of(adjective) + self.limit_of_counts()
    }

    fn counted_several(&self, adjective: &str) -> String {
        self.series.of_several(adjective) + self.limit_of_counts()
    }

    fn limit_of_counts(&self) -> &'static str {
        if self.newer_shrunken > 0 && !self.is_shrunken { " that has not shrunk" } else { "" }
    }
}

/// Returns the decision on `backup`, with every reason for it.
pub(crate) fn judge(
    policy: &RetentionPolicy,
    backup: &BackupVersion,
    position: &Position<'_>,
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
            reasons.extend(complete(policy, position));
        }
        BackupState::Completed | BackupState::Verified => {}
        BackupState::Failed | BackupState::PartiallyCompleted => reasons.extend(incomplete(policy, backup, position)),
        BackupState::InProgress => reasons.push("still being written".to_owned()),
        BackupState::Verifying => reasons.push("being verified".to_owned()),
        state => reasons.push(format!("in state {state}, which no rule may delete")),
    }
    if within_days(policy, backup, now) {
        reasons.push(format!("newer than {}", count(policy.retention_days.into(), "day")));
    }
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
    if !position.any_complete {
        Some(format!("{state}, but there is no {}", position.series.of("complete")))
    } else if newer == 0 {
        Some(format!("{state}, but newer than the newest {}", position.counted("complete")))
    } else if newer < u64::from(policy.retention_count) {
        Some(format!("{state}, with only {} (keep {})", newer_complete(position), policy.retention_count))
    } else {
        None
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
    let (keep, min) = (policy.retention_count, policy.min_backups_to_keep);
    let place = if backup.is_complete() {
        let limit = if keep > 0 && keep >= min { format!("keep {keep}") } else { format!("minimum {min}") };
        format!("{} newest {} ({limit})", ordinal(position.rank() + 1), position.counted(""))
    } else {
        let limit = if keep > 0 { format!(" (keep {keep})") } else { String::new() };
        format!("{} with {}{limit}", backup.state, newer_complete(position))
    };
    let mut text = format!("no rule keeps it: {place}");
    if policy.retention_days > 0 {
        let kept = count(policy.retention_days.into(), "day");
        let age = now.duration_since(backup.created_at);
        let just_past = age.as_secs() / DAY == i64::from(policy.retention_days);
        let age = if just_past { ["just over ", &kept].concat() } else { in_words(age) };
        text.push_str(&[", ", &age, " old (keep ", &kept, ")"].concat());
    }
    text
}
