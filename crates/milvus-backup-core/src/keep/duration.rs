//! [`CalendarDuration`]: numbers of years, months, days and hours.

use std::fmt;
use std::str::FromStr;

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::time_zone::TimeZoneName;
use crate::config::invalid;
use crate::error::{Error, Result};

/// A duration in units of the calendar, such as `1y2m3d4h`: years, months, days and hours.
///
/// ```
/// use milvus_backup_core::{CalendarDuration, TimeZoneName};
///
/// let month: CalendarDuration = "1m".parse()?;
/// let start = month.before("2026-03-31T12:00:00Z".parse()?, &TimeZoneName::UTC);
/// assert_eq!(start.to_string(), "2026-02-28T12:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct CalendarDuration {
    /// Number of calendar years.
    pub years: u32,
    /// Number of calendar months.
    pub months: u32,
    /// Number of days of the calendar, which may have 23 or 25 hours.
    pub days: u32,
    /// Number of hours of 60 minutes.
    pub hours: u32,
}

impl CalendarDuration {
    /// The duration of no time.
    pub const ZERO: Self = Self { years: 0, months: 0, days: 0, hours: 0 };

    /// Returns whether it lasts no time.
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// Returns the moment that precedes `moment` by this duration on the calendar of `time_zone`: first by its years,
    /// months and days, at the same time of the day, and then by its hours. A day that a month does not have is its last
    /// one. Before the year -9999 it is the earliest moment that there is.
    pub fn before(&self, moment: Timestamp, time_zone: &TimeZoneName) -> Timestamp {
        let start = || {
            let span = Span::new().try_years(self.years)?.try_months(self.months)?.try_days(self.days)?;
            time_zone.local(moment).checked_sub(span.try_hours(self.hours)?)
        };
        start().map_or(Timestamp::MIN, |start| start.timestamp())
    }
}

impl FromStr for CalendarDuration {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| {
            invalid("duration", text, "numbers of years, months, days and hours, each at most once: `1y2m3d4h`")
        })
    }
}

/// Parses a duration; `None` if it is not one.
fn parse(text: &str) -> Option<CalendarDuration> {
    let mut duration = CalendarDuration::ZERO;
    let mut parts = text.split_inclusive(|character: char| !character.is_ascii_digit()).peekable();
    parts.peek()?;
    let mut seen = Vec::new();
    for part in parts {
        let unit = part.chars().next_back()?;
        let number = part.strip_suffix(unit)?.parse().ok()?;
        match unit {
            'y' => duration.years = number,
            'm' => duration.months = number,
            'd' => duration.days = number,
            'h' => duration.hours = number,
            _ => return None,
        }
        if seen.contains(&unit) {
            return None;
        }
        seen.push(unit);
    }
    Some(duration)
}

impl fmt::Display for CalendarDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(self.years, 'y'), (self.months, 'm'), (self.days, 'd'), (self.hours, 'h')];
        let given = units.iter().filter(|(number, _)| *number > 0);
        let text = given.map(|(number, unit)| format!("{number}{unit}")).collect::<Vec<_>>().concat();
        f.pad(if text.is_empty() { "0h" } else { &text })
    }
}

impl TryFrom<String> for CalendarDuration {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<CalendarDuration> for String {
    fn from(duration: CalendarDuration) -> Self {
        duration.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_in_any_order_and_each_at_most_once() {
        for (text, shown) in [("1y2m3d4h", "1y2m3d4h"), ("4h1y", "1y4h"), ("0d", "0h"), ("007d", "7d"), ("36h", "36h")]
        {
            assert_eq!(text.parse::<CalendarDuration>().unwrap().to_string(), shown);
        }
        for text in ["", "1", "d", "1w", "1d1d", "-1d", "+1d", "1.5d", "1D", "1 d", "1d ", "4294967296h", "1dé"] {
            let error = text.parse::<CalendarDuration>().unwrap_err().to_string();
            assert!(error.contains("1y2m3d4h") && error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar_and_an_hour_is_one_of_the_clock() {
        for (duration, moment, zone, start) in [
            ("1d", "2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-28T23:00:00Z"),
            ("24h", "2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-28T22:00:00Z"),
            ("1d", "2026-10-25T23:00:00Z", "Europe/Berlin", "2026-10-24T22:00:00Z"),
            // The time of the day does not exist on the day of the change, and is the one after it.
            ("1d", "2026-03-30T00:30:00Z", "Europe/Berlin", "2026-03-29T01:30:00Z"),
            ("1y", "2028-02-29T00:00:00Z", "UTC", "2027-02-28T00:00:00Z"),
            ("4y", "2028-02-29T00:00:00Z", "UTC", "2024-02-29T00:00:00Z"),
            ("1m", "2026-03-01T00:00:00Z", "Asia/Kathmandu", "2026-02-01T00:00:00Z"),
            ("4294967295y", "2026-03-01T00:00:00Z", "UTC", "-009999-01-02T01:59:59Z"),
            ("9999999h", "2026-03-01T00:00:00Z", "UTC", "0885-05-14T09:00:00Z"),
        ] {
            let start_found =
                duration.parse::<CalendarDuration>().unwrap().before(moment.parse().unwrap(), &zone.parse().unwrap());
            assert_eq!(start_found, start.parse().unwrap(), "{duration} before {moment} in {zone}");
        }
    }
}
