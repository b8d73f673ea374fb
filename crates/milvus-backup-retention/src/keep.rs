//! The rules by calendar, age and tag, for one backup whose position in its series is known.
//!
//! They are those of [`KeepRules`], and only ever keep.

use milvus_backup_core::{BackupVersion, CalendarDuration, KeepRules};

use crate::calendar::Period;
use crate::position::Position;
use crate::track::Place;
use crate::wording::ordinal;

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
        let (number, noun) = (place.period.number(rules), place.period.noun());
        let newest = || format!("{} {}", position.counted("newest"), place.containing);
        if place.is_newest && place.number <= number {
            reasons.push(format!("{} ({} of {number} {noun}s)", newest(), ordinal(place.number)));
        } else if position.is_oldest && place.number < number {
            reasons.push(format!(
                "{}, as long as there are fewer than {number} {noun}s with backups",
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
    let mut reasons = Vec::new();
    let not_newest: Vec<&str> =
        position.places.iter().filter(|place| !place.is_newest).map(|place| place.containing.as_str()).collect();
    if !not_newest.is_empty() {
        reasons.push(format!("not the newest {}", not_newest.join(", ")));
    }
    let newest = || position.places.iter().filter(|place| place.is_newest);
    reasons.extend(newest().filter(|place| place.period.number(rules) > 0).map(|place| beyond(place, rules)));
    let slots = newest().map(|place| place.period.within(rules));
    let outside: Vec<String> = std::iter::once(&rules.within)
        .chain(slots)
        .filter(|duration| !duration.is_zero())
        .map(|duration| format!("not within {duration} of the newest"))
        .collect();
    reasons.extend(outside);
    reasons.dedup();
    reasons
}

fn beyond(place: &Place, rules: &KeepRules) -> String {
    format!(
        "in the {} {} with backups (keep {})",
        ordinal(place.number),
        place.period.noun(),
        place.period.number(rules)
    )
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
