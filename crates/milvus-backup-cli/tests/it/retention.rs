//! `prune` by calendar, age and tag, with options and with a configuration.

use serde_json::Value;

use crate::command::{FULL, Sandbox};

/// The default rules are off.
const OFF: [&str; 6] = ["--keep-count", "0", "--keep-days", "0", "--min-keep", "0"];

fn history() -> Sandbox {
    let sandbox = Sandbox::golden();
    for created_at in ["2026-11-20T00:00:00Z", "2026-10-31T22:59:00Z", "2026-10-31T12:00:00Z", "2025-12-31T23:30:00Z"] {
        sandbox.add(FULL, created_at, |_| {});
    }
    sandbox.add(FULL, "2026-02-01T00:00:00Z", |metadata| metadata["tags"] = ["release"].into());
    sandbox
}

fn with<'a>(command: &[&'a str], options: &[&'a str]) -> Vec<&'a str> {
    [command, options].concat()
}

#[test]
fn by_calendar_and_tag() {
    let sandbox = history();
    let rules = with(
        &OFF,
        &[
            "--keep-daily",
            "2",
            "--keep-monthly",
            "2",
            "--keep-yearly",
            "5",
            "--keep-tag",
            "release",
            "--time-zone",
            "Europe/Berlin",
        ],
    );
    insta::assert_snapshot!(sandbox.transcript(&with(&with(&["prune"], &rules), &["--dry-run"])));
    let document = sandbox.run(&with(&with(&["prune"], &rules), &["--yes", "--json"])).stdout;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["deleted_backup_ids"].as_array().unwrap().len(), 1, "{document}");
    let again = sandbox.run(&with(&with(&["prune"], &rules), &["--yes"])).stdout;
    assert!(again.contains("deleted 0 of 6 backups"), "{again}");
}

#[test]
fn by_duration() {
    let sandbox = history();
    let rules = with(&OFF, &["--keep-within", "9d", "--keep-within-yearly", "2y"]);
    insta::assert_snapshot!(sandbox.transcript(&with(&with(&["prune"], &rules), &["--dry-run"])));
}

#[test]
fn an_option_overrides_its_own_value_of_the_configuration() {
    let sandbox = history();
    let text =
        "retention_count = 0\nretention_days = 0\nmin_backups_to_keep = 0\n[keep]\nmonthly = 12\nwithin = \"9d\"\n";
    std::fs::write(sandbox.path("milvus-br.toml"), text).unwrap();
    let kept = |options: &[&str]| {
        let document = sandbox.run(&with(&["prune", "--dry-run", "--json"], options)).stdout;
        serde_json::from_str::<Value>(&document).unwrap()["backups_to_keep"].as_u64().unwrap()
    };
    // The parts of the golden repository are one of them.
    assert_eq!(kept(&[]), 6);
    assert_eq!(kept(&["--keep-monthly", "0"]), 3);
    assert_eq!(kept(&["--keep-monthly", "0", "--keep-within", "0h"]), 7, "every rule is off");
    assert_eq!(kept(&["--keep-monthly", "1", "--keep-within", "0h"]), 2);
}
