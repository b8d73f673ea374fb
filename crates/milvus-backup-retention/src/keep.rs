//! The rules by calendar, age and tag, for one backup whose position in its series is known.
//!
//! They are those of [`KeepRules`], and only ever keep.

use milvus_backup_core::wording::count;
use milvus_backup_core::{BackupVersion, CalendarDuration, KeepRules};

use crate::calendar::Period;
use crate::numbers::ordinal;
use crate::position::Position;
use crate::track::Place;

/// Returns the reasons for which the rules that apply to a backup in any state keep it.
pub(crate) fn in_any_state(rules: &KeepRules, backup: &BackupVersion, position: &Position<'_>) -> Vec<String> {
    let tagged = rules.tags.iter().filter(|tags| tags.is_subset_of(&backup.tags));
    let mut reasons: Vec<String> = tagged.map(|tags| format!("tagged {tags}")).collect();
    if is_within(&rules.within, rules, backup, position) {
        reasons.push(format!("within {} of the {}", rules.within, position.counted("newest complete")));
    }
    reasons
}

/// Returns the reasons for which the rules that apply to complete backups keep one.
pub(crate) fn complete(rules: &KeepRules, backup: &BackupVersion, position: &Position<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if position.rank() < u64::from(rules.last) {
        let (number, newest) = (ordinal(position.rank() + 1), position.counted("newest"));
        reasons.push(format!("{number} {newest} (keep last {})", rules.last));
    }
    for place in &position.places {
        let number = place.period.number(rules);
        let periods = count(number, place.period.noun());
        let newest = || format!("{} {}", position.counted("newest"), place.containing);
        if place.is_newest && place.number <= number {
            reasons.push(format!("{} ({} of {periods})", newest(), ordinal(place.number)));
        } else if position.is_oldest && place.number < number {
            reasons.push(format!(
                "{}, as long as there are fewer than {periods} with backups",
                position.counted("oldest")
            ));
        }
        let within = place.period.within(rules);
        if place.is_newest && is_within(within, rules, backup, position) {
            reasons.push(format!("{}, within {within} of the newest", newest()));
        }
    }
    reasons
}

/// Returns in words why no rule by calendar or age keeps the backup.
pub(crate) fn why_not(rules: &KeepRules, position: &Position<'_>) -> Vec<String> {
    let (newest, others): (Vec<&Place>, Vec<&Place>) = position.places.iter().partition(|place| place.is_newest);
    let mut reasons = Vec::new();
    for place in &newest {
        let (period, number) = (place.period.noun(), place.period.number(rules));
        if number > 0 {
            reasons.push(format!("{} {period} with backups (keep {number})", ordinal(place.number)));
        }
    }
    let durations = newest.iter().map(|place| place.period.within(rules)).chain([&rules.within]);
    let outside = durations.filter(|duration| !duration.is_zero());
    reasons.extend(outside.map(|duration| format!("not within {duration} of the newest")));
    if !others.is_empty() {
        let periods: Vec<&str> = others.iter().map(|place| place.containing.as_str()).collect();
        reasons.push(format!("not the newest {}", periods.join(", ")));
    }
    reasons
}

/// Returns whether the backup is older than the newest one that counts by at most this duration, the exact moment
/// included.
fn is_within(duration: &CalendarDuration, rules: &KeepRules, backup: &BackupVersion, position: &Position<'_>) -> bool {
    let range = |newest| duration.before(newest, &rules.time_zone)..=newest;
    !duration.is_zero() && position.newest.is_some_and(|newest| range(newest).contains(&backup.created_at))
}

/// Describes the rules, one item each, as they follow the word `keep`.
pub(crate) fn describe(rules: &KeepRules) -> Vec<String> {
    let mut items = Vec::new();
    match rules.last {
        0 => {}
        1 => items.push("the last complete backup".to_owned()),
        last => items.push(format!("the last {last} complete backups")),
    }
    for period in Period::ALL {
        let (noun, within) = (period.noun(), period.within(rules));
        match period.number(rules) {
            0 => {}
            1 => items.push(format!("the newest of the last {noun} with backups")),
            number => items.push(format!("the newest of each of the last {number} {noun}s with backups")),
        }
        if !within.is_zero() {
            items.push(format!("the newest of each {noun} within {within} of the newest"));
        }
    }
    if !rules.within.is_zero() {
        items.push(format!("everything within {} of the newest", rules.within));
    }
    items.extend(rules.tags.iter().map(|tags| format!("those tagged {tags}")));
    items
}
