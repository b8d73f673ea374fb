//! `COLLECTION@latest`: the newest complete full backup, and what is said when that is not the newest backup.

use std::fs;

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};

fn shown(sandbox: &Sandbox, text: &str) -> String {
    let printed = sandbox.run(&["show", text, "--json"]);
    let document: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(printed.exit_code, 0, "{}", printed.stderr);
    document["backup_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_newer_part_and_a_newer_partial_backup_are_passed_over_and_named() {
    let sandbox = Sandbox::golden();
    let part = sandbox.add(PART, "2026-11-28T06:44:00Z", |_| {});
    let partial = sandbox.add(FULL, "2026-11-28T06:45:00Z", |metadata| {
        metadata["state"] = "PARTIALLY_COMPLETED".into();
        metadata["failed_partitions"] = serde_json::json!([{"name": "gamma", "error": "gone"}]);
    });
    assert_eq!(shown(&sandbox, "golden@latest"), FULL);
    let printed = sandbox.run(&["verify", "golden@latest"]);
    assert_eq!(printed.exit_code, 0);
    let warning = format!(
        "warning: golden@latest selects {FULL}; newer backups are not complete full backups: {partial} (PARTIALLY_COMPLETED), {part} \
         (partition alpha)\n"
    );
    assert!(printed.stderr.contains(&warning), "{}", printed.stderr);
}

#[test]
fn with_parts_only_there_is_no_latest_and_the_parts_are_listed() {
    let sandbox = Sandbox::golden();
    fs::remove_dir_all(sandbox.path("root/golden").join(FULL)).unwrap();
    for text in ["golden@latest", "golden"] {
        let printed = sandbox.run(&["restore", text]);
        assert_eq!(printed.exit_code, 10);
        assert!(printed.stderr.contains(&format!("{PART} (partition alpha)")), "{}", printed.stderr);
        assert!(printed.stderr.contains("no complete full backup"), "{}", printed.stderr);
    }
}

#[test]
fn a_collection_in_place_of_a_backup_is_understood() {
    let sandbox = Sandbox::golden();
    let printed = sandbox.run(&["restore", "golden"]);
    assert_eq!(printed.exit_code, 10);
    assert!(printed.stderr.ends_with("hint: did you mean `golden@latest`?\n"), "{}", printed.stderr);
    let elsewhere = sandbox.run(&["show", "golden@latest", "--root", "typo"]);
    assert!(elsewhere.stderr.ends_with("hint: the root `typo` does not exist\n"), "{}", elsewhere.stderr);
}

#[test]
fn a_damaged_newest_backup_is_an_error_that_names_the_newest_good_one() {
    let sandbox = Sandbox::golden();
    let newer = sandbox.add(FULL, "2026-11-28T06:44:00Z", |_| {});
    let hint = format!("the newest good backup is {FULL}");
    let metadata = sandbox.path("root/golden").join(&newer).join("metadata.json");
    let whole = fs::read(&metadata).unwrap();
    fs::write(&metadata, b"{").unwrap();
    for arguments in [["show", "golden@latest"], ["show", &newer], ["restore", "golden@latest"], ["verify", &newer]] {
        let printed = sandbox.run(&arguments);
        assert_eq!(printed.exit_code, 13, "{arguments:?}: {}", printed.stderr);
        assert!(printed.stderr.contains(&hint), "{arguments:?}: {}", printed.stderr);
    }
    fs::write(&metadata, whole).unwrap();
    fs::write(sandbox.path("root/golden").join(&newer).join("data/alpha.parquet"), b"PAR1").unwrap();
    let verified = sandbox.run(&["verify", "golden@latest"]);
    assert_eq!(verified.exit_code, 13);
    assert!(verified.stderr.contains(&hint), "{}", verified.stderr);
    // It failed, and is still the latest: no silent choice.
    assert_eq!(shown(&sandbox, "golden@latest"), newer);
}

#[test]
fn names_are_understood_as_list_prints_them() {
    let sandbox = Sandbox::golden();
    let id = sandbox.add(FULL, "2026-11-28T06:44:00Z", |metadata| {
        metadata["database"] = "shop".into();
        metadata["collection_name"] = "docs".into();
    });
    assert!(sandbox.run(&["list"]).stdout.contains("shop.docs"));
    assert_eq!(shown(&sandbox, "shop.docs@latest"), id);
    for arguments in
        [&["list", "shop.docs"][..], &["prune", "shop.docs", "--dry-run"], &["list", "docs", "--db", "shop"]]
    {
        let printed = sandbox.run(arguments);
        assert_eq!(printed.exit_code, 0);
        assert!(printed.stdout.contains(&id), "{}", printed.stdout);
        assert!(!printed.stdout.contains(FULL), "{}", printed.stdout);
    }
    assert!(sandbox.run(&["restore", "shop.docs"]).stderr.contains("did you mean `shop.docs@latest`?"));
    assert!(sandbox.run(&["list", "docs"]).stdout.contains("there are backups of golden, shop.docs"));
}
