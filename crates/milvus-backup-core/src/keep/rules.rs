//! [`KeepRules`]: which backups are kept by calendar, age and tag.

use serde::{Deserialize, Serialize};

use super::duration::CalendarDuration;
use super::tags::TagSet;
use super::time_zone::TimeZoneName;

/// Rules that keep backups by calendar, age and tag, in addition to
/// [`retention_count`](crate::BackupRecoveryConfig::retention_count) and
/// [`retention_days`](crate::BackupRecoveryConfig::retention_days). By default each of them is off.
///
/// A number of periods counts only those that have a backup, newest first, and keeps the newest backup of each. A
/// duration ends at the newest backup, and not at the present: a collection that is no longer backed up loses nothing.
///
/// ```
/// use milvus_backup_core::KeepRules;
///
/// let rules = KeepRules { daily: 7, weekly: 5, monthly: 12, within: "2d12h".parse()?, ..KeepRules::OFF };
/// assert!(!rules.is_off());
/// assert_eq!(rules.time_zone.to_string(), "UTC");
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KeepRules {
    /// Number of newest backups to keep; 0 switches the rule off, as for the other numbers.
    pub last: u32,
    /// Number of hours of which to keep the newest backup.
    pub hourly: u32,
    /// Number of days of which to keep the newest backup.
    pub daily: u32,
    /// Number of ISO 8601 weeks, which start on Monday, of which to keep the newest backup.
    pub weekly: u32,
    /// Number of months of which to keep the newest backup.
    pub monthly: u32,
    /// Number of years of which to keep the newest backup.
    pub yearly: u32,
    /// Duration before the newest backup within which to keep every backup; a duration of zero switches the rule off, as
    /// for the other durations.
    pub within: CalendarDuration,
    /// Duration before the newest backup within which to keep the newest backup of each hour.
    pub within_hourly: CalendarDuration,
    /// Duration before the newest backup within which to keep the newest backup of each day.
    pub within_daily: CalendarDuration,
    /// Duration before the newest backup within which to keep the newest backup of each ISO 8601 week.
    pub within_weekly: CalendarDuration,
    /// Duration before the newest backup within which to keep the newest backup of each month.
    pub within_monthly: CalendarDuration,
    /// Duration before the newest backup within which to keep the newest backup of each year.
    pub within_yearly: CalendarDuration,
    /// Sets of tags; a backup that has every tag of at least one of them is kept.
    pub tags: Vec<TagSet>,
    /// Whether all backups of a set are kept as long as one of them is; otherwise each of them is decided on by itself. It
    /// needs the backups of all collections, and so has no effect on the retention of a single one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub whole_sets: bool,
    /// The time zone of the calendar.
    pub time_zone: TimeZoneName,
}

impl KeepRules {
    /// Every rule is off, and the calendar is that of UTC.
    pub const OFF: Self = Self {
        last: 0,
        hourly: 0,
        daily: 0,
        weekly: 0,
        monthly: 0,
        yearly: 0,
        within: CalendarDuration::ZERO,
        within_hourly: CalendarDuration::ZERO,
        within_daily: CalendarDuration::ZERO,
        within_weekly: CalendarDuration::ZERO,
        within_monthly: CalendarDuration::ZERO,
        within_yearly: CalendarDuration::ZERO,
        tags: Vec::new(),
        whole_sets: false,
        time_zone: TimeZoneName::UTC,
    };

    /// Returns whether every rule is off, regardless of the time zone and of sets, which keep nothing by themselves.
    pub fn is_off(&self) -> bool {
        Self { time_zone: TimeZoneName::UTC, whole_sets: false, ..self.clone() } == Self::OFF
    }
}

impl Default for KeepRules {
    fn default() -> Self {
        Self::OFF
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_has_every_key_and_refuses_others() {
        let text = "last = 1\nhourly = 24\ndaily = 7\nweekly = 5\nmonthly = 12\nyearly = 75\nwithin = \"2d\"\n\
                    within_hourly = \"1d\"\nwithin_daily = \"7d\"\nwithin_weekly = \"1m\"\nwithin_monthly = \"1y\"\n\
                    within_yearly = \"75y\"\ntags = [\"release\", \"audit,monthly\"]\nwhole_sets = true\ntime_zone = \"Europe/Berlin\"\n";
        let rules: KeepRules = toml::from_str(text).unwrap();
        assert_eq!((rules.weekly, rules.yearly, rules.tags.len()), (5, 75, 2));
        assert_eq!(toml::to_string(&rules).unwrap(), text);
        let unknown = toml::from_str::<KeepRules>("minutely = 3").unwrap_err();
        assert!(unknown.message().contains("minutely"), "{unknown}");
    }

    #[test]
    fn a_time_zone_is_no_rule() {
        let zone = KeepRules { time_zone: "Asia/Tokyo".parse().unwrap(), ..KeepRules::OFF };
        assert!(zone.is_off() && KeepRules::default().is_off());
        assert!(KeepRules { whole_sets: true, ..KeepRules::OFF }.is_off());
        assert!(!KeepRules { tags: vec!["a".parse().unwrap()], ..KeepRules::OFF }.is_off());
        assert!(!KeepRules { within_yearly: "1y".parse().unwrap(), ..KeepRules::OFF }.is_off());
    }
}
