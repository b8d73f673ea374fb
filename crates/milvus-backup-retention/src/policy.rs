//! The parameters of a policy, and its description.

use jiff::Timestamp;
use milvus_backup_core::{
    BackupRecoveryConfig, BackupVersion, DEFAULT_MIN_ROWS_RATIO, Decision, DecisionAction, KeepRules, RetentionRules,
};

use crate::decide::decide;

/// How many backups of each collection to keep, and for how long.
///
/// The rules examine each series of a collection separately: its full backups, and its backups of the same partitions.
/// A backup of some partitions neither counts as a backup of the collection nor replaces one.
///
/// A rule only ever keeps: a backup is deleted if no rule keeps it. Per series, newest first, a backup is kept if
///
/// - [`retention_count`](Self::retention_count) and [`retention_days`](Self::retention_days) are off (0), and so is each
///   of the rules in [`keep`](Self::keep): such a policy keeps everything;
/// - it is pinned;
/// - it is the newest complete backup of its series, regardless of the numbers;
/// - it is one of the [`min_backups_to_keep`](Self::min_backups_to_keep) or `retention_count` newest complete backups;
/// - it was created within the last `retention_days` times 24 hours, the exact moment included;
/// - a rule in `keep` keeps it. It is complete and one of the `last` newest, or the newest of its hour, day, ISO week,
///   month or year, if that is one of the last such periods with a complete backup, or the backup is within a duration
///   before the newest one. As long as there are fewer periods than a rule asks for, it also keeps the oldest complete backup,
///   so that a young repository keeps its whole history. In any state, it has certain tags, or is older than the newest
///   complete backup by at most `within`;
/// - with [`KeepRules::whole_sets`], a rule keeps another backup of its set;
/// - it is dated in the future: a clock was wrong, so its age is meaningless. It does not count either, because it
///   could displace the backups that are actually the newest;
/// - it is still being written or verified, or in a state that this version does not know.
///
/// `COMPLETED` and `VERIFIED` backups are complete. `FAILED` and `PARTIALLY_COMPLETED` backups do not count. They are
/// kept while no complete backup is newer, while fewer than `retention_count` or `last` complete ones are newer, while
/// they are young enough for `retention_days` or `within`, or for their tags. They are never the newest of a period.
///
/// With [`min_rows_ratio`](Self::min_rows_ratio), full backups of a collection that was emptied, for example by
/// mistake, do not count towards the numbers of the others, see
/// [`shrunken_backups`](milvus_backup_core::shrunken_backups). Therefore they never displace the good ones, regardless
/// of their number. Among themselves they are counted after all newer complete backups.
#[derive(Debug, Clone, PartialEq)]
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
    /// Rules by calendar, age and tag.
    pub keep: KeepRules,
}

impl Default for RetentionPolicy {
    /// Returns the default policy: 10 backups, 30 days, never fewer than 3 backups.
    fn default() -> Self {
        Self { retention_count: 10, retention_days: 30, min_backups_to_keep: 3, ..Self::OFF }
    }
}

impl From<&BackupRecoveryConfig> for RetentionPolicy {
    fn from(config: &BackupRecoveryConfig) -> Self {
        Self {
            retention_count: config.retention_count,
            retention_days: config.retention_days,
            min_backups_to_keep: config.min_backups_to_keep,
            min_rows_ratio: config.min_rows_ratio,
            keep: config.keep.clone(),
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
    /// Every rule is off, so that everything is kept.
    pub const OFF: Self = Self {
        retention_count: 0,
        retention_days: 0,
        min_backups_to_keep: 0,
        min_rows_ratio: None,
        keep: KeepRules::OFF,
    };

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

    /// Returns whether neither the number nor the age is limited, nor any rule by calendar or tag set, so that everything
    /// is kept.
    pub fn keeps_everything(&self) -> bool {
        self.retention_count == 0 && self.retention_days == 0 && self.keep.is_off()
    }

    /// Returns the ratio below which backups do not count; 0 if there is none.
    pub(crate) fn rule_ratio(&self) -> f64 {
        self.min_rows_ratio.unwrap_or(0.0)
    }

    /// Returns the ratio below which a warning is issued; 0 if there is none.
    pub(crate) fn warning_ratio(&self) -> f64 {
        self.min_rows_ratio.unwrap_or(DEFAULT_MIN_ROWS_RATIO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_configuration() {
        assert_eq!(RetentionPolicy::from(&BackupRecoveryConfig::default()), RetentionPolicy::default());
    }
}
