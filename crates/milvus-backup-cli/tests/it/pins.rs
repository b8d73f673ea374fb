//! `pin` and `unpin`, and what they change in other commands.

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};

#[test]
fn a_pinned_backup_is_shown_and_kept_until_it_is_unpinned() {
    let sandbox = Sandbox::golden();
    let old = sandbox.add(FULL, "2026-11-20T00:00:00Z", |_| {});
    let pinned = sandbox.run(&["pin", &old, "--reason", "audit"]);
    assert_eq!((pinned.exit_code, pinned.stdout), (0, format!("pinned {old}\n")), "{}", pinned.stderr);
    let again: Value = serde_json::from_str(&sandbox.run(&["pin", &old, PART, "--json"]).stdout).unwrap();
    assert_eq!(again, serde_json::json!({"pinned_backup_ids": [PART], "already_pinned_backup_ids": [old]}));

    insta::assert_snapshot!("the_list_names_pinned_ones", sandbox.run(&["list"]).stdout);
    let listed: Value = serde_json::from_str(&sandbox.run(&["list", "--json"]).stdout).unwrap();
    assert_eq!(listed[2]["pin"]["reason"], "audit");
    assert!(listed[0].get("pin").is_none(), "{listed}");
    let shown = sandbox.run(&["show", &old]).stdout;
    let line = shown.lines().find(|line| line.starts_with("pinned ")).unwrap();
    assert!(line.starts_with("pinned       yes, since 2") && line.ends_with("Z: audit"), "{line}");
    let shown: Value = serde_json::from_str(&sandbox.run(&["show", &old, "--json"]).stdout).unwrap();
    assert_eq!(shown["pin"], listed[2]["pin"]);
    assert_eq!(sandbox.run(&["verify", &old]).exit_code, 0, "a pin is no file of the backup");

    let prune = ["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"];
    let kept = sandbox.run(&prune).stdout;
    assert!(kept.contains(&format!("keep    {old}  golden  pinned: audit\n")), "{kept}");
    assert!(kept.contains("deleted 0 of 3 backups"), "{kept}");
    let unpinned = sandbox.run(&["unpin", &old, FULL]);
    assert_eq!(unpinned.stdout, format!("unpinned {old}\nnot pinned: {FULL}\n"));
    assert!(sandbox.run(&prune).stdout.contains("deleted 1 of 3 backups"));
}

#[test]
fn a_pinned_backup_is_not_deleted_by_name() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["pin", PART]);
    let refused = sandbox.transcript(&["delete", FULL, PART, "--yes"]);
    insta::assert_snapshot!(refused);
    assert_eq!(sandbox.run(&["list"]).stdout.lines().count(), 3, "nothing is deleted");
    let document: Value = serde_json::from_str(&sandbox.run(&["delete", PART, "--yes", "--json"]).stdout).unwrap();
    assert_eq!(document["error"]["exit_code"], 15, "{document}");
    sandbox.run(&["unpin", PART]);
    assert_eq!(sandbox.run(&["delete", PART, "--yes"]).exit_code, 0);
    assert!(!sandbox.path("root/golden/pins").exists());
}

/// The metadata of a damaged backup tells nothing, and its pin protects it.
#[test]
fn a_damaged_backup_can_be_pinned() {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("root/golden").join(FULL).join("metadata.json"), "{}").unwrap();
    assert_eq!(sandbox.run(&["pin", FULL]).exit_code, 0);
    assert_eq!(sandbox.run(&["delete", FULL, "--yes"]).exit_code, 15);
    assert_eq!(sandbox.run(&["unpin", FULL]).exit_code, 0);
    assert_eq!(sandbox.run(&["delete", FULL, "--yes"]).exit_code, 0);
}

#[test]
fn a_copy_is_not_pinned() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["pin", FULL]);
    assert_eq!(sandbox.run(&["copy", FULL, "--to", "other"]).exit_code, 0);
    let listed: Value = serde_json::from_str(&sandbox.run(&["list", "--root", "other", "--json"]).stdout).unwrap();
    assert!(listed[0].get("pin").is_none(), "{listed}");
    assert_eq!(sandbox.run(&["delete", FULL, "--root", "other", "--yes"]).exit_code, 0);
}

#[test]
fn a_wrong_name_or_reason_pins_nothing() {
    let sandbox = Sandbox::golden();
    let printed = sandbox.run(&["pin", FULL, "nothing"]);
    assert_eq!(printed.exit_code, 10, "{}", printed.stderr);
    let printed = sandbox.run(&["pin", FULL, "--reason", "two\nlines"]);
    assert_eq!(printed.exit_code, 2, "{}", printed.stderr);
    assert!(printed.stderr.contains("must be one line without control characters"), "{}", printed.stderr);
    assert!(!sandbox.path("root/golden/pins").exists());
}
