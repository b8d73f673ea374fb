//! The parameters of a policy, and its description.

use std::fmt;

use jiff::Timestamp;
use milvus_backup_core::{
    BackupRecoveryConfig, BackupVersion, DEFAULT_MIN_ROWS_RATIO, Decision, DecisionAction, RetentionRules,
};

use crate::decide::decide;

/// How many backups of each collection to keep, and for how long.
///
/// The rules examine each series of a collection separately: its full backups, and its backups of the same partitions.
/// A backup of some partitions neither counts as a backup of the collection nor replaces one.
///
/// A rule only ever keeps: a backup is deleted if no rule keeps it. Per series, newest first, a backup is kept if
///
/// - both [`retention_count`](Self::retention_count) and [`retention_days`](Self::retention_days) are off (0): such a
///   policy keeps everything;
/// - it is the newest complete backup of its series, regardless of the numbers;
/// - it is one of the [`min_backups_to_keep`](Self::min_backups_to_keep) or `retention_count` newest complete backups;
/// - it was created within the last `retention_days` times 24 hours, the exact moment included;
/// - it is dated in the future: a clock was wrong, so its age is meaningless. It does not count either, because it
///   could displace the backups that are actually the newest;
/// - it is still being written or verified, or in a state that this version does not know.
///
/// `COMPLETED` and `VERIFIED` backups are complete. `FAILED` and `PARTIALLY_COMPLETED` backups do not count. They are
/// kept while no complete backup is newer, while fewer than `retention_count` complete ones are newer, or while they
/// are young enough for `retention_days`.
///
/// With [`min_rows_ratio`](Self::min_rows_ratio), full backups of a collection that was emptied, for example by
/// mistake, do not count towards the numbers of the others, see
/// [`shrunken_backups`](milvus_backup_core::shrunken_backups). Therefore they never displace the good ones, regardless
/// of their number. Among themselves they are counted after all newer complete backups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetentionPolicy {
    /// Number of newest complete backups to keep; 0 switches the rule off.
    pub retention_count: u32,
    /// Number of days of 24 hours for which to keep a backup; 0 switches the rule off.
    pub retention_days: u32,
    /// Number of newest complete backups that are kept although both other rules would delete them.
    pub min_backups_to_keep: u32,
    /// Share of the rows of the last full backup, from 0 to 1, below which a full backup does not count towards the
    /// numbers of the others. `None` only warns about such a backup, below [`DEFAULT_MIN_ROWS_RATIO`]; 0 switches the
    /// warning off as well.
    pub min_rows_ratio: Option<f64>,
}

impl Default for RetentionPolicy {
    /// Returns the default policy: 10 backups, 30 days, never fewer than 3 backups.
    fn default() -> Self {
        Self { retention_count: 10, retention_days: 30, min_backups_to_keep: 3, min_rows_ratio: None }
    }
}

impl From<&BackupRecoveryConfig> for RetentionPolicy {
    fn from(config: &BackupRecoveryConfig) -> Self {
        Self {
            retention_count: config.retention_count,
            retention_days: config.retention_days,
            min_backups_to_keep: config.min_backups_to_keep,
            min_rows_ratio: config.min_rows_ratio,
        }
    }
}

impl RetentionRules for RetentionPolicy {
    fn decide(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<Decision> {
        Self::decide(self, backups, now)
    }

    fn warnings(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<String> {
        crate::warnings::warnings(self, backups, now)
    }
}

impl RetentionPolicy {
    /// Returns one decision for every backup: collections by database and name, the backups of each newest first (by
    /// `created_at`, then by identifier).
    ///
    /// The identifiers within one collection must be unique; an empty database means the default one.
    pub fn decide(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<Decision> {
        decide(self, backups, now).into_iter().map(|(_, decision)| decision).collect()
    }

    /// Returns the backups that are kept, in the order of [`RetentionPolicy::decide`].
    pub fn backups_to_keep<'a>(&self, backups: &'a [BackupVersion], now: Timestamp) -> Vec<&'a BackupVersion> {
        self.backups_with(DecisionAction::Keep, backups, now)
    }

    /// Returns the backups that are to be deleted, in the order of [`RetentionPolicy::decide`].
    pub fn backups_to_delete<'a>(&self, backups: &'a [BackupVersion], now: Timestamp) -> Vec<&'a BackupVersion> {
        self.backups_with(DecisionAction::Delete, backups, now)
    }

    fn backups_with<'a>(
        &self,
        action: DecisionAction,
        backups: &'a [BackupVersion],
        now: Timestamp,
    ) -> Vec<&'a BackupVersion> {
        let decided = decide(self, backups, now).into_iter();
        decided.filter(|(_, decision)| decision.action == action).map(|(backup, _)| backup).collect()
    }

    /// Returns whether neither the count nor the age is limited, so that everything is kept.
    pub fn keeps_everything(&self) -> bool {
        self.retention_count == 0 && self.retention_days == 0
    }

    /// Returns the ratio below which backups do not count; 0 if there is none.
    pub(crate) fn rule_ratio(&self) -> f64 {
        self.min_rows_ratio.unwrap_or(0.0)
    }

    /// Returns the ratio below which a warning is issued; 0 if there is none.
    pub(crate) fn warning_ratio(&self) -> f64 {
        self.min_rows_ratio.unwrap_or(DEFAULT_MIN_ROWS_RATIO)
    }

    /// Describes the policy in one sentence.
    ///
    /// ```
    /// # use milvus_backup_retention::RetentionPolicy;
    /// assert_eq!(
    ///     RetentionPolicy::default().summary(),
    ///     "per collection and set of partitions, keep the 10 newest complete backups and everything of the last \
    ///      30 days, and never fewer than 3 complete backups"
    /// );
    /// ```
    pub fn summary(&self) -> String {
        if self.keeps_everything() {
            return "keep everything: every retention rule is off".to_owned();
        }
        let mut rules = Vec::new();
        match self.retention_count {
            0 => {}
            1 => rules.push("the newest complete backup".to_owned()),
            count => rules.push(format!("the {count} newest complete backups")),
        }
        match self.retention_days {
            0 => {}
            1 => rules.push("everything of the last day".to_owned()),
            days => rules.push(format!("everything of the last {days} days")),
        }
        let floor = match self.min_backups_to_keep {
            0 | 1 if self.retention_count > 0 => String::new(),
            0 | 1 => ", and never delete the newest complete backup".to_owned(),
            min => format!(", and never fewer than {min} complete backups"),
        };
        let shrunken = match self.rule_ratio() {
            ratio if ratio > 0.0 => format!(
                "; a full backup with fewer than {ratio} times the rows of the last one before it takes no place of another"
            ),
            _ => String::new(),
        };
        format!("per collection and set of partitions, keep {}{floor}{shrunken}", rules.join(" and "))
    }
}

impl fmt::Display for RetentionPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_configuration() {
        assert_eq!(RetentionPolicy::from(&BackupRecoveryConfig::default()), RetentionPolicy::default());
    }

    #[test]
    fn the_summary_leaves_out_what_is_off() {
        let summary = |retention_count, retention_days, min_backups_to_keep| {
            RetentionPolicy { retention_count, retention_days, min_backups_to_keep, min_rows_ratio: None }.to_string()
        };
        assert_eq!(summary(0, 0, 3), "keep everything: every retention rule is off");
        assert_eq!(summary(1, 0, 0), "per collection and set of partitions, keep the newest complete backup");
        assert_eq!(
            summary(0, 7, 1),
            "per collection and set of partitions, keep everything of the last 7 days, and never delete the newest complete backup"
        );
        assert_eq!(
            summary(0, 1, 2),
            "per collection and set of partitions, keep everything of the last day, and never fewer than 2 complete backups"
        );
        let policy = RetentionPolicy { retention_days: 0, min_rows_ratio: Some(0.5), ..RetentionPolicy::default() };
        assert_eq!(
            policy.to_string(),
            "per collection and set of partitions, keep the 10 newest complete backups, and never fewer than 3 complete \
             backups; a full backup with fewer than 0.5 times the rows of the last one before it takes no place of another"
        );
    }
}
