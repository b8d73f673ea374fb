//! Golden cases by calendar, duration, tag and pin: the tables in `tests/golden`, and beside them the reasons.
//!
//! A case is a title, then the policy, and one line for each backup, newest first: the decision, the time, the state (a
//! letter as in [`crate::fixtures`]; complete if it is missing) and other properties. It is noon of 2026-11-22, a Sunday,
//! unless the policy says otherwise.

use jiff::Timestamp;
use milvus_backup_core::{BackupRecoveryConfig, BackupVersion, DecisionAction, Pin};
use milvus_backup_retention::RetentionPolicy;

use crate::fixtures::{backup_at, now, of_partitions, state};

/// A case of a table.
struct Case<'a> {
    title: &'a str,
    policy: RetentionPolicy,
    now: Timestamp,
    lines: Vec<&'a str>,
}

impl<'a> Case<'a> {
    fn parse(text: &'a str) -> Self {
        let (title, rest) = text.split_once('\n').unwrap();
        let is_backup = |line: &&str| line.starts_with("keep ") || line.starts_with("delete ");
        let (lines, policy) = rest.lines().partition::<Vec<_>, _>(is_backup);
        let words = policy.into_iter().flat_map(str::split_whitespace);
        let settings: Vec<(&str, &str)> = words.map(|word| word.split_once('=').unwrap()).collect();
        let now = settings.iter().find(|(key, _)| *key == "now").map_or_else(now, |(_, time)| time.parse().unwrap());
        Self { title, policy: parsed_policy(&settings), now, lines }
    }

    fn backups(&self) -> Vec<BackupVersion> {
        self.lines.iter().zip((0..1000).rev()).map(|(line, number)| parsed_backup(line, number)).collect()
    }
}

/// Reads a policy as the configuration does.
fn parsed_policy(settings: &[(&str, &str)]) -> RetentionPolicy {
    let mut policy = RetentionPolicy::OFF;
    for (key, value) in settings {
        let keep = &mut policy.keep;
        match *key {
            "now" => {}
            "count" => policy.retention_count = value.parse().unwrap(),
            "days" => policy.retention_days = value.parse().unwrap(),
            "min" => policy.min_backups_to_keep = value.parse().unwrap(),
            "ratio" => policy.min_rows_ratio = Some(value.parse().unwrap()),
            "last" => keep.last = value.parse().unwrap(),
            "hourly" => keep.hourly = value.parse().unwrap(),
            "daily" => keep.daily = value.parse().unwrap(),
            "weekly" => keep.weekly = value.parse().unwrap(),
            "monthly" => keep.monthly = value.parse().unwrap(),
            "yearly" => keep.yearly = value.parse().unwrap(),
            "within" => keep.within = value.parse().unwrap(),
            "within-hourly" => keep.within_hourly = value.parse().unwrap(),
            "within-daily" => keep.within_daily = value.parse().unwrap(),
            "within-weekly" => keep.within_weekly = value.parse().unwrap(),
            "within-monthly" => keep.within_monthly = value.parse().unwrap(),
            "within-yearly" => keep.within_yearly = value.parse().unwrap(),
            "tag" => keep.tags.push(value.parse().unwrap()),
            "zone" => keep.time_zone = value.parse().unwrap(),
            other => panic!("no rule {other}"),
        }
    }
    policy
}

fn parsed_backup(line: &str, number: u32) -> BackupVersion {
    let mut words = line.split_whitespace().skip(1);
    let created_at = words.next().unwrap().parse().unwrap();
    let mut backup = backup_at(created_at, state('C'), number);
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("tags", tags) => backup.tags = tags.split(',').map(str::to_owned).collect(),
            ("pin", reason) => backup.pin = Some(Pin::new(created_at, Some(reason)).unwrap()),
            ("rows", rows) => backup.row_count = rows.parse().unwrap(),
            ("part", partitions) => of_partitions(&mut backup, &partitions.replace(',', " ")),
            (letter, _) => {
                let (made, letter) = (backup, letter.chars().next().unwrap());
                backup = backup_at(created_at, state(letter), number);
                (backup.tags, backup.pin, backup.row_count) = (made.tags, made.pin, made.row_count);
            }
        }
    }
    backup
}

/// Compares each case of a table with the decisions, and returns these with their reasons.
fn decided(table: &str) -> String {
    let mut text = String::new();
    for case in table.split("# ").skip(1).map(Case::parse) {
        let backups = case.backups();
        text.extend(["# ", case.title, "\n"]);
        let decisions = case.policy.decide(&backups, case.now);
        assert_eq!(decisions.len(), case.lines.len(), "{}", case.title);
        for (line, decision) in case.lines.iter().zip(&decisions) {
            let action = if decision.action == DecisionAction::Keep { "keep" } else { "delete" };
            let reasons = decision.reasons.join("; ");
            assert!(line.starts_with(action), "{}: {line}\n{action}: {reasons}", case.title);
            text.extend([line, "\n        ", &reasons, "\n"]);
        }
        text.push('\n');
    }
    text
}

macro_rules! tables {
    ($($name:ident),+) => {
        $(#[test]
        fn $name() {
            let table = include_str!(concat!("../golden/", stringify!($name), ".txt"));
            insta::assert_snapshot!(decided(table));
        })+

        #[test]
        fn there_are_enough_cases() {
            let tables = [$(include_str!(concat!("../golden/", stringify!($name), ".txt"))),+];
            assert!(tables.iter().map(|table| table.matches("# ").count()).sum::<usize>() >= 60);
        }
    };
}

tables!(counts, calendar, zones, durations, apart, marks);

#[test]
fn the_policy_of_a_configuration_has_its_rules() {
    let mut config = BackupRecoveryConfig { retention_count: 4, ..Default::default() };
    config.keep.monthly = 12;
    let policy = RetentionPolicy::from(&config);
    assert_eq!((policy.retention_count, policy.keep.monthly), (4, 12));
}
