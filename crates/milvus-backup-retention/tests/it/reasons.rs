//! The words for each decision.

use crate::fixtures::{Numbers, backups, now, policy};

/// Count, days, minimum; backups in shorthand, newest first; which of them; its reasons.
const CASES: &[(Numbers, &str, usize, &[&str])] = &[
    (
        (10, 30, 3),
        "1C",
        0,
        &["newest complete backup", "minimum of 3 backups", "1st newest of 10 kept by count", "newer than 30 days"],
    ),
    ((10, 0, 1), "1C 2C 3C", 2, &["3rd newest of 10 kept by count"]),
    ((0, 1, 0), "40C", 0, &["newest complete backup"]),
    ((0, 30, 0), "1C 29C", 1, &["newer than 30 days"]),
    ((0, 0, 5), "1C", 0, &["every retention rule is off"]),
    ((1, 1, 0), "-1C", 0, &["dated in the future"]),
    ((1, 1, 0), "90I", 0, &["still being written"]),
    ((1, 1, 0), "90Y", 0, &["being verified"]),
    ((1, 1, 0), "90N", 0, &["in state NONE, which no rule may delete"]),
    ((1, 1, 0), "90F", 0, &["FAILED, but there is no complete backup"]),
    ((1, 1, 0), "80P 90C", 0, &["PARTIALLY_COMPLETED, but newer than the newest complete backup"]),
    ((3, 0, 0), "1C 2F", 1, &["FAILED, with only 1 newer complete backup (keep 3)"]),
    ((1, 30, 0), "1C 41C", 1, &["no rule keeps it: 2nd newest (keep 1), 41 days old (keep 30 days)"]),
    ((1, 30, 0), "1C 30+C", 1, &["no rule keeps it: 2nd newest (keep 1), just over 30 days old (keep 30 days)"]),
    ((1, 0, 0), "1C 41C", 1, &["no rule keeps it: 2nd newest (keep 1)"]),
    ((0, 1, 1), "1C 2C", 1, &["no rule keeps it: 2nd newest (minimum 1), 2 days old (keep 1 day)"]),
    ((1, 0, 2), "1C 2C 3C", 2, &["no rule keeps it: 3rd newest (minimum 2)"]),
    (
        (1, 30, 0),
        "1C 41F",
        1,
        &["no rule keeps it: FAILED with 1 newer complete backup (keep 1), 41 days old (keep 30 days)"],
    ),
    ((0, 30, 9), "1C 41F", 1, &["no rule keeps it: FAILED with 1 newer complete backup, 41 days old (keep 30 days)"]),
];

#[test]
fn every_decision_says_why() {
    for (numbers, shorthand, which, expected) in CASES {
        let decisions = policy(*numbers).decide(&backups(shorthand), now());
        assert_eq!(decisions[*which].reasons, *expected, "{numbers:?} {shorthand}");
    }
}
