//! Periods of the calendar: hours, days, ISO weeks, months and years.

use jiff::{Timestamp, Zoned};
use milvus_backup_core::{CalendarDuration, KeepRules};

/// A kind of period of which rules keep the newest backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Period {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Period {
    /// All periods, from the shortest to the longest.
    pub(crate) const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year];

    /// Returns the period that a moment is in, as it follows the words `newest backup`. Two moments are in the same
    /// period if the texts are equal. When clocks are set back, the hour that is repeated is two periods, with different
    /// offsets from UTC.
    fn containing(self, moment: &Zoned) -> String {
        let date = moment.date();
        match self {
            Self::Hour => format!("in the hour {date} {:02}:00 {}", moment.hour(), moment.strftime("%:z")),
            Self::Day => format!("on {date}"),
            Self::Week => {
                let week = date.iso_week_date();
                format!("in week {}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("in {:04}-{:02}", date.year(), date.month()),
            Self::Year => format!("in {:04}", date.year()),
        }
    }

    /// Returns the noun for one period.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Returns the number of periods of which `rules` keep the newest backup; 0 if that rule is off.
    pub(crate) fn number(self, rules: &KeepRules) -> u64 {
        u64::from(match self {
            Self::Hour => rules.hourly,
            Self::Day => rules.daily,
            Self::Week => rules.weekly,
            Self::Month => rules.monthly,
            Self::Year => rules.yearly,
        })
    }

    /// Returns the duration within which `rules` keep the newest backup of each period; zero if that rule is off.
    pub(crate) fn within(self, rules: &KeepRules) -> &CalendarDuration {
        match self {
            Self::Hour => &rules.within_hourly,
            Self::Day => &rules.within_daily,
            Self::Week => &rules.within_weekly,
            Self::Month => &rules.within_monthly,
            Self::Year => &rules.within_yearly,
        }
    }

    /// Returns whether a rule examines the periods.
    fn is_used(self, rules: &KeepRules) -> bool {
        self.number(rules) > 0 || !self.within(rules).is_zero()
    }
}

/// Returns the periods that a moment is in, of the kinds that rules examine.
pub(crate) fn periods(rules: &KeepRules, moment: Timestamp) -> Vec<(Period, String)> {
    let local = rules.time_zone.local(moment);
    let used = Period::ALL.into_iter().filter(|period| period.is_used(rules));
    used.map(|period| (period, period.containing(&local))).collect()
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::TimeZoneName;

    use super::*;

    fn containing(moment: &str, zone: &str) -> [String; 5] {
        let zone: TimeZoneName = zone.parse().unwrap();
        Period::ALL.map(|period| period.containing(&zone.local(moment.parse().unwrap())))
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        let week = |moment| containing(moment, "UTC")[2].clone();
        assert_eq!(week("2026-12-31T23:59:59Z"), "in week 2026-W53");
        assert_eq!(week("2027-01-03T23:59:59Z"), "in week 2026-W53");
        assert_eq!(week("2027-01-04T00:00:00Z"), "in week 2027-W01");
        assert_eq!(week("2024-12-30T00:00:00Z"), "in week 2025-W01");
    }

    #[test]
    fn periods_are_those_of_the_time_zone() {
        assert_eq!(
            containing("2026-12-31T18:20:00Z", "Asia/Kathmandu"),
            ["in the hour 2027-01-01 00:00 +05:45", "on 2027-01-01", "in week 2026-W53", "in 2027-01", "in 2027"]
        );
    }

    #[test]
    fn an_hour_that_is_repeated_is_two() {
        let hour = |moment| containing(moment, "Europe/Berlin")[0].clone();
        assert_eq!(hour("2026-10-25T00:30:00Z"), "in the hour 2026-10-25 02:00 +02:00");
        assert_eq!(hour("2026-10-25T01:30:00Z"), "in the hour 2026-10-25 02:00 +01:00");
        assert_eq!(hour("2026-03-29T00:59:59Z"), "in the hour 2026-03-29 01:00 +01:00");
        assert_eq!(hour("2026-03-29T01:00:00Z"), "in the hour 2026-03-29 03:00 +02:00");
    }
}
