//! A part is not the whole, and an emptied collection is not the one that was there: what `prune` does with both.

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};

const RULES: [&str; 7] = ["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1"];

fn prune(sandbox: &Sandbox, more: &[&str]) -> Value {
    let arguments: Vec<&str> = RULES.iter().chain(more).copied().chain(["--yes", "--json"]).collect();
    let printed = sandbox.run(&arguments);
    assert_eq!(printed.exit_code, 0, "{}", printed.stderr);
    serde_json::from_str(&printed.stdout).unwrap()
}

/// The example that the README once had: it deleted the only full backup.
#[test]
fn a_newer_part_does_not_displace_the_last_full_backup() {
    let sandbox = Sandbox::golden();
    let newer = sandbox.add(PART, "2026-11-28T06:44:00Z", |_| {});
    let result = prune(&sandbox, &[]);
    assert_eq!(result["deleted_backup_ids"], serde_json::json!([PART]), "{result}");
    let reasons = |id: &str| {
        let decisions = result["decisions"].as_array().unwrap();
        decisions.iter().find(|decision| decision["backup_id"] == id).unwrap()["reasons"][0]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(reasons(FULL), "newest complete full backup");
    assert_eq!(reasons(&newer), "newest complete backup of partition alpha");
}

#[test]
fn a_backup_that_lost_its_rows_is_warned_of_and_displaces_no_other_one_if_so_configured() {
    let emptied = || {
        let sandbox = Sandbox::golden();
        let id = sandbox.add(FULL, "2026-11-28T06:44:00Z", |metadata| metadata["row_count"] = 0.into());
        (sandbox, id)
    };
    let (sandbox, id) = emptied();
    let result = prune(&sandbox, &["--dry-run"]);
    let warning = result["warnings"][0].as_str().unwrap();
    let start = format!(
        "collection `golden`: full backup {id} has 0 rows; the last full backup before it, {FULL}, had 48: good backups may"
    );
    assert!(warning.starts_with(&start), "{warning}");
    let text = sandbox.run(&["prune", "--dry-run"]).stderr;
    assert_eq!(text, format!("warning: {warning}\n"));
    assert_eq!(prune(&sandbox, &["--dry-run", "--min-rows-ratio", "0"])["warnings"], serde_json::json!([]));
    assert_eq!(prune(&sandbox, &[])["deleted_backup_ids"], serde_json::json!([FULL]), "without the rule it counts");

    let (sandbox, _) = emptied();
    assert_eq!(prune(&sandbox, &["--min-rows-ratio", "0.5"])["deleted_backup_ids"], serde_json::json!([]));
    std::fs::write(sandbox.path("milvus-br.toml"), "min_rows_ratio = 0.5\n").unwrap();
    assert_eq!(prune(&sandbox, &[])["deleted_backup_ids"], serde_json::json!([]));
}

#[test]
fn a_mistyped_collection_is_not_pruned_in_silence() {
    let sandbox = Sandbox::golden();
    let printed = sandbox.run(&["prune", "goldn", "--json"]);
    let document: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((printed.exit_code, &document["error"]["available_collections"]), (10, &serde_json::json!(["golden"])));
    let missing = sandbox.run(&["prune", "--root", "typo"]);
    assert_eq!(missing.exit_code, 0);
    assert!(missing.stderr.starts_with("warning: the root `typo` does not exist: "), "{}", missing.stderr);
}
