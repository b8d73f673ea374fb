//! The words for each decision.

use milvus_backup_core::RetentionRules;
use milvus_backup_retention::RetentionPolicy;

use crate::fixtures::{Numbers, backups, now, of_partitions, policy};

/// Count, days, minimum; backups in shorthand, newest first; which of them; its reasons.
const CASES: &[(Numbers, &str, usize, &[&str])] = &[
    (
        (10, 30, 3),
        "1C",
        0,
        &[
            "newest complete full backup",
            "minimum of 3 full backups",
            "1st newest full backup (keep 10)",
            "newer than 30 days",
        ],
    ),
    ((10, 0, 1), "1C 2C 3C", 2, &["3rd newest full backup (keep 10)"]),
    ((0, 1, 0), "40C", 0, &["newest complete full backup"]),
    ((0, 30, 0), "1C 29C", 1, &["newer than 30 days"]),
    ((0, 0, 5), "1C", 0, &["every retention rule is off"]),
    ((1, 1, 0), "-1C", 0, &["dated in the future"]),
    ((1, 1, 0), "90I", 0, &["still being written"]),
    ((1, 1, 0), "90Y", 0, &["being verified"]),
    ((1, 1, 0), "90N", 0, &["in state NONE, which no rule may delete"]),
    ((1, 1, 0), "90F", 0, &["FAILED, but there is no complete full backup"]),
    ((1, 1, 0), "80P 90C", 0, &["PARTIALLY_COMPLETED, but newer than the newest complete full backup"]),
    ((3, 0, 0), "1C 2F", 1, &["FAILED, with only 1 newer complete full backup (keep 3)"]),
    ((1, 30, 0), "1C 41C", 1, &["no rule keeps it: 2nd newest full backup (keep 1), 41 days old (keep 30 days)"]),
    (
        (1, 30, 0),
        "1C 30+C",
        1,
        &["no rule keeps it: 2nd newest full backup (keep 1), just over 30 days old (keep 30 days)"],
    ),
    ((1, 0, 0), "1C 41C", 1, &["no rule keeps it: 2nd newest full backup (keep 1)"]),
    ((0, 1, 1), "1C 2C", 1, &["no rule keeps it: 2nd newest full backup (minimum 1), 2 days old (keep 1 day)"]),
    ((1, 0, 2), "1C 2C 3C", 2, &["no rule keeps it: 3rd newest full backup (minimum 2)"]),
    (
        (1, 30, 0),
        "1C 41F",
        1,
        &["no rule keeps it: FAILED with 1 newer complete full backup (keep 1), 41 days old (keep 30 days)"],
    ),
    (
        (0, 30, 9),
        "1C 41F",
        1,
        &["no rule keeps it: FAILED with 1 newer complete full backup, 41 days old (keep 30 days)"],
    ),
];

#[test]
fn every_decision_says_why() {
    for (numbers, shorthand, which, expected) in CASES {
        let decisions = policy(*numbers).decide(&backups(shorthand), now());
        assert_eq!(decisions[*which].reasons, *expected, "{numbers:?} {shorthand}");
    }
}

#[test]
fn a_decision_on_a_part_names_the_partitions() {
    let mut backups = backups("1C 2C 3F");
    for backup in &mut backups {
        of_partitions(backup, "noun verb");
    }
    let decisions = policy((1, 0, 2)).decide(&backups, now());
    let reasons: Vec<&[String]> = decisions.iter().map(|decision| decision.reasons.as_slice()).collect();
    assert_eq!(
        reasons[0],
        [
            "newest complete backup of partitions noun, verb",
            "minimum of 2 backups of partitions noun, verb",
            "1st newest backup of partitions noun, verb (keep 1)",
        ]
    );
    assert_eq!(
        reasons[2],
        ["no rule keeps it: FAILED with 2 newer complete backups of partitions noun, verb (keep 1)"]
    );
}

#[test]
fn a_decision_beside_shrunken_backups_says_so() {
    let mut backups = backups("1C 2F 3C 4C 5C");
    backups[0].row_count = 0;
    let policy = RetentionPolicy { min_rows_ratio: Some(0.5), ..policy((2, 0, 0)) };
    let reasons: Vec<String> = policy.decide(&backups, now()).into_iter().map(|d| d.reasons.join("; ")).collect();
    assert_eq!(
        reasons,
        [
            "newest complete full backup; 1st newest full backup (keep 2)",
            "FAILED, but newer than the newest complete full backup that has not shrunk",
            "newest complete full backup that has not shrunk; 1st newest full backup that has not shrunk (keep 2)",
            "2nd newest full backup that has not shrunk (keep 2)",
            "no rule keeps it: 3rd newest full backup that has not shrunk (keep 2)",
        ]
    );
}

#[test]
fn a_warning_names_a_backup_that_lost_its_rows() {
    let mut backups = backups("1C 2C 3C 4C 5C 6C 7C");
    for backup in &mut backups[..5] {
        backup.row_count = 1;
    }
    let [newest, good] = [0, 5].map(|index: usize| backups[index].backup_id.to_string());
    let warnings = |ratio| {
        let policy = RetentionPolicy { min_rows_ratio: ratio, ..policy((10, 30, 3)) };
        RetentionRules::warnings(&policy, &backups, now())
    };
    let [warning] = &warnings(None)[..] else { panic!("one collection, one warning") };
    let start = format!(
        "collection `items`: full backup {newest} has 1 row; the last full backup before it, {good}, had 1000 (also \
         shrunken: "
    );
    assert!(warning.starts_with(&start), "{warning}");
    assert!(
        warning.ends_with("and 1 more): good backups may be deleted in its favor, unless `min_rows_ratio` is set"),
        "{warning}"
    );
    assert!(warnings(Some(0.1))[0].ends_with("it takes no place in the counts of the others"));
    assert_eq!(warnings(Some(0.0)), [""; 0]);
}
