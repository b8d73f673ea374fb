//! The options of `milvus-br prune` that keep backups by calendar, age and tag.

use clap::Args;
use milvus_backup_core::{CalendarDuration, KeepRules, TagSet, TimeZoneName};

/// The options that are rules.
pub(crate) const RULES: [&str; 14] = [
    "keep_last",
    "keep_hourly",
    "keep_daily",
    "keep_weekly",
    "keep_monthly",
    "keep_yearly",
    "keep_within",
    "keep_within_hourly",
    "keep_within_daily",
    "keep_within_weekly",
    "keep_within_monthly",
    "keep_within_yearly",
    "keep_tag",
    "keep_whole_sets",
];

/// Rules by calendar, age and tag. Each option overrides only its own value in the configuration.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Rules by calendar, age and tag (0 disables a number, 0h a duration)")]
pub(crate) struct KeepArgs {
    /// Keep the last N complete backups
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_LAST")]
    keep_last: Option<u32>,
    /// Keep the newest backup of each of the last N hours that have one
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_HOURLY")]
    keep_hourly: Option<u32>,
    /// Keep the newest backup of each of the last N days that have one
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_DAILY")]
    keep_daily: Option<u32>,
    /// Keep the newest backup of each of the last N weeks (Monday to Sunday) that have one
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_WEEKLY")]
    keep_weekly: Option<u32>,
    /// Keep the newest backup of each of the last N months that have one
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_MONTHLY")]
    keep_monthly: Option<u32>,
    /// Keep the newest backup of each of the last N years that have one
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_YEARLY")]
    keep_yearly: Option<u32>,
    /// Keep all backups within DURATION before the newest one: years, months, days and hours, such as 1y2m3d4h
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN")]
    keep_within: Option<CalendarDuration>,
    /// Keep the newest backup of each hour within DURATION before the newest one
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN_HOURLY")]
    keep_within_hourly: Option<CalendarDuration>,
    /// Keep the newest backup of each day within DURATION before the newest one
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN_DAILY")]
    keep_within_daily: Option<CalendarDuration>,
    /// Keep the newest backup of each week within DURATION before the newest one
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN_WEEKLY")]
    keep_within_weekly: Option<CalendarDuration>,
    /// Keep the newest backup of each month within DURATION before the newest one
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN_MONTHLY")]
    keep_within_monthly: Option<CalendarDuration>,
    /// Keep the newest backup of each year within DURATION before the newest one
    #[arg(long, value_name = "DURATION", env = "MILVUS_BR_KEEP_WITHIN_YEARLY")]
    keep_within_yearly: Option<CalendarDuration>,
    /// Keep backups with this tag, or with all of several tags separated by commas (repeat for alternatives)
    #[arg(long, value_name = "TAG", env = "MILVUS_BR_KEEP_TAG")]
    keep_tag: Vec<TagSet>,
    /// Keep all backups of a set as long as one of them is kept; otherwise each of them is decided on by itself
    #[arg(long, env = "MILVUS_BR_KEEP_WHOLE_SETS", value_parser = clap::builder::FalseyValueParser::new())]
    keep_whole_sets: bool,
    /// Time zone of the calendar, such as Europe/Berlin [default: UTC, or as configured]
    #[arg(long, value_name = "ZONE", env = "MILVUS_BR_TIME_ZONE")]
    time_zone: Option<TimeZoneName>,
}

impl KeepArgs {
    /// Returns the rules of the configuration, with the values that the options override.
    pub(crate) fn over(self, configured: &KeepRules) -> KeepRules {
        KeepRules {
            last: self.keep_last.unwrap_or(configured.last),
            hourly: self.keep_hourly.unwrap_or(configured.hourly),
            daily: self.keep_daily.unwrap_or(configured.daily),
            weekly: self.keep_weekly.unwrap_or(configured.weekly),
            monthly: self.keep_monthly.unwrap_or(configured.monthly),
            yearly: self.keep_yearly.unwrap_or(configured.yearly),
            within: self.keep_within.unwrap_or(configured.within),
            within_hourly: self.keep_within_hourly.unwrap_or(configured.within_hourly),
            within_daily: self.keep_within_daily.unwrap_or(configured.within_daily),
            within_weekly: self.keep_within_weekly.unwrap_or(configured.within_weekly),
            within_monthly: self.keep_within_monthly.unwrap_or(configured.within_monthly),
            within_yearly: self.keep_within_yearly.unwrap_or(configured.within_yearly),
            tags: if self.keep_tag.is_empty() { configured.tags.clone() } else { self.keep_tag },
            whole_sets: self.keep_whole_sets || configured.whole_sets,
            time_zone: self.time_zone.unwrap_or_else(|| configured.time_zone.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_overrides_its_own_value_only() {
        let duration = |text: &str| text.parse::<CalendarDuration>().unwrap();
        let configured = KeepRules {
            daily: 7,
            monthly: 12,
            within: duration("2d"),
            tags: vec!["release".parse().unwrap()],
            time_zone: "Asia/Tokyo".parse().unwrap(),
            ..KeepRules::OFF
        };
        assert_eq!(KeepArgs::default().over(&configured), configured);
        let options = KeepArgs {
            keep_daily: Some(0),
            keep_within_weekly: Some(duration("1m")),
            keep_whole_sets: true,
            keep_tag: vec!["audit".parse().unwrap()],
            ..KeepArgs::default()
        };
        let expected = KeepRules {
            daily: 0,
            within_weekly: duration("1m"),
            whole_sets: true,
            tags: vec!["audit".parse().unwrap()],
            ..configured.clone()
        };
        assert_eq!(options.over(&configured), expected);
    }
}
