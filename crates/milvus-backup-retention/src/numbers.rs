//! Numbers in human-readable text.

use jiff::SignedDuration;
use milvus_backup_core::wording::count;

/// Returns a number as an ordinal: `1st`, `2nd`, `3rd`, `4th`, `11th`.
pub(crate) fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Returns an age in whole days, during the first week in days and hours.
pub(crate) fn in_words(age: SignedDuration) -> String {
    let hours = u64::try_from(age.as_hours()).unwrap_or(0);
    let days = count(hours / 24, "day");
    match hours % 24 {
        0 => days,
        _ if hours >= 7 * 24 => days,
        rest if hours < 24 => count(rest, "hour"),
        rest => format!("{days} {}", count(rest, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_ordinals() {
        let all = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111, 112].map(ordinal).join(" ");
        assert_eq!(all, "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 101st 111th 112th");
    }

    #[test]
    fn ages() {
        let all = [5, 24, 25, 50, 168, 199, 984].map(|hours| in_words(SignedDuration::from_hours(hours))).join(", ");
        assert_eq!(all, "5 hours, 1 day, 1 day 1 hour, 2 days 2 hours, 7 days, 8 days, 41 days");
    }
}
