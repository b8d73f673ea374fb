//! [`Timetable`]: a cron expression in a time zone.

use std::fmt;

use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::Timestamp;
use milvus_backup_core::{Error, Result, TimeZoneName};

/// The moments at which a job is due: those that match a cron expression on the calendar of a time zone.
///
/// The expression has five fields (minute, hour, day of the month, month, day of the week), or six with seconds in front.
/// At a change to daylight saving time, a time of the day that the day does not have is due at the first moment after the
/// gap, and a time that it has twice is due once, at its first occurrence. An expression with a wildcard or a step in its hour
/// follows the clock instead: `0 * * * *` is due 23 or 25 times on such days.
///
/// ```
/// use milvus_backup_engine::Timetable;
///
/// let nightly = Timetable::parse("30 2 * * *", "Europe/Berlin".parse()?)?;
/// let next = nightly.next_after("2026-11-28T12:00:00Z".parse()?);
/// assert_eq!(next.map(|next| next.to_string()).as_deref(), Some("2026-11-29T01:30:00Z"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timetable {
    cron: Cron,
    time_zone: TimeZoneName,
}

impl Timetable {
    /// Parses a cron expression.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an expression that is not one, or that no moment matches.
    pub fn parse(expression: &str, time_zone: TimeZoneName) -> Result<Self> {
        let invalid = |reason: &str| Error::InvalidParameter {
            field: "schedule".to_owned(),
            value: expression.to_owned(),
            limit: format!("a cron expression such as `30 2 * * *` ({reason})"),
        };
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        let cron = parser.parse(expression).map_err(|error| invalid(error.to_string().trim_end_matches('.')))?;
        let timetable = Self { cron, time_zone };
        if timetable.next_after(Timestamp::UNIX_EPOCH).is_none() {
            return Err(invalid("no date matches it"));
        }
        Ok(timetable)
    }

    /// Returns the first moment after `moment` at which the job is due. `None` if there is none.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let next = self.cron.find_next_occurrence(&self.time_zone.local(moment), false).ok()?;
        Some(next.timestamp()).filter(|next| *next > moment)
    }

    /// Returns the last moment at which the job was due, up to `moment` and including it. `None` if there is none.
    pub fn last_until(&self, moment: Timestamp) -> Option<Timestamp> {
        let last = self.cron.find_previous_occurrence(&self.time_zone.local(moment), true).ok()?;
        Some(last.timestamp()).filter(|last| *last <= moment)
    }
}

impl fmt::Display for Timetable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cron.as_str(), self.time_zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(expression: &str, zone: &str, after: &str, number: usize) -> Vec<String> {
        let timetable = Timetable::parse(expression, zone.parse().unwrap()).unwrap();
        let mut moment = after.parse().unwrap();
        let mut found = Vec::new();
        for _ in 0..number {
            moment = timetable.next_after(moment).unwrap();
            assert_eq!(timetable.last_until(moment), Some(moment), "{expression}: both directions agree");
            found.push(moment.to_string());
        }
        found
    }

    #[test]
    fn a_night_with_a_change_of_the_clock_has_one_run() {
        // 02:30 does not exist on 2026-03-29, and exists twice on 2026-10-25.
        assert_eq!(
            due("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        );
        assert_eq!(
            due("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
    }

    #[test]
    fn every_hour_follows_the_clock() {
        let hours = due("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 4);
        assert_eq!(
            hours,
            ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z"]
        );
    }

    #[test]
    fn seconds_and_rare_days_are_possible() {
        assert_eq!(
            due("*/20 * * * * *", "UTC", "2026-01-01T00:00:30Z", 2),
            ["2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"]
        );
        assert_eq!(
            due("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2),
            ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]
        );
    }

    #[test]
    fn what_is_no_expression_is_refused_with_the_reason() {
        for text in ["", "* * *", "61 * * * *", "0 0 30 2 *", "nightly", "* * * * * * * *"] {
            let error = Timetable::parse(text, TimeZoneName::UTC).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`schedule` is `{text}`, but must be a cron expression")), "{error}");
        }
    }
}
