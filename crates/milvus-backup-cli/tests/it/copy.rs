//! Copies of backups at another root.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};

/// Every file below a directory, with its content.
pub(crate) fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn one_backup_for_people_and_for_scripts() {
    let sandbox = Sandbox::golden();
    let copied = sandbox.run(&["copy", "golden@latest", "--to", "other"]);
    assert_eq!(copied.exit_code, 0, "{}", copied.stderr);
    assert!(copied.stdout.starts_with(&format!("{FULL}  golden  copied to other: ")), "{}", copied.stdout);
    let mut original = contents(&sandbox.path("root").join("golden").join(FULL));
    original.remove("verification.json");
    assert_eq!(contents(&sandbox.path("other").join("golden").join(FULL)), original);
    assert_eq!(sandbox.run(&["verify", FULL, "--root", "other"]).exit_code, 0);
    let again = sandbox.run(&["copy", FULL, "--to", "other", "--json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&again["success"], &again["already_present"]), (&Value::Bool(true), &Value::Bool(true)), "{again}");
    assert_eq!((again["source"].as_str(), again["destination"].as_str()), (Some("root"), Some("other")));
}

#[test]
fn all_backups_from_a_root_that_is_named() {
    let sandbox = Sandbox::golden();
    let copied = sandbox.run(&["copy", "--all", "--from", "root", "--root", "nowhere", "--to", "other", "--json"]);
    assert_eq!(copied.exit_code, 0, "{}", copied.stderr);
    let copied: Value = serde_json::from_str(&copied.stdout).unwrap();
    let ids: Vec<&str> = copied.as_array().unwrap().iter().map(|copy| copy["backup_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [PART, FULL], "the oldest first");
    assert!(!sandbox.path("nowhere").exists());
    let listed = |root: &str| sandbox.run(&["list", "--root", root]).stdout.lines().count();
    assert_eq!(listed("other"), listed("root"));
}

#[test]
fn by_collection_and_tag() {
    let sandbox = Sandbox::golden();
    let tagged =
        sandbox.add(FULL, "2026-11-20T00:00:00Z", |metadata| metadata["tags"] = serde_json::json!(["nightly"]));
    let copied = sandbox.run(&["copy", "--collection", "golden", "--tag", "nightly", "--to", "other"]);
    assert_eq!(copied.exit_code, 0, "{}", copied.stderr);
    assert!(copied.stdout.starts_with(&tagged) && copied.stdout.lines().count() == 1, "{}", copied.stdout);
    for arguments in [["copy", "--tag", "nightl", "--to", "other"], ["copy", "--collection", "goldn", "--to", "other"]]
    {
        let nothing = sandbox.run(&arguments);
        assert_eq!(nothing.exit_code, 10, "{}", nothing.stderr);
        assert!(nothing.stderr.contains(arguments[2]), "{}", nothing.stderr);
    }
}

#[test]
fn damage_is_named_and_the_others_are_copied() {
    let sandbox = Sandbox::golden();
    let file = sandbox.path("root").join("golden").join(FULL).join("schema.json");
    fs::write(&file, "{}").unwrap();
    let copied = sandbox.run(&["copy", "--all", "--to", "other"]);
    assert_eq!(copied.exit_code, 13, "{}", copied.stderr);
    assert!(copied.stderr.contains("schema.json"), "{}", copied.stderr);
    assert!(copied.stdout.starts_with(PART), "{}", copied.stdout);
    // What was copied of it is no backup, and is removed.
    assert_eq!(sandbox.run(&["list", "--root", "other"]).stdout.lines().count(), 2);
    assert_eq!(sandbox.run(&["prune", "--incomplete", "--yes", "--root", "other"]).exit_code, 0);
    assert!(!sandbox.path("other").join("golden").join(FULL).exists());
}

#[test]
fn a_different_backup_with_the_identifier_is_kept() {
    let sandbox = Sandbox::golden();
    assert_eq!(sandbox.run(&["copy", FULL, "--to", "other"]).exit_code, 0);
    let metadata = sandbox.path("other").join("golden").join(FULL).join("metadata.json");
    fs::write(&metadata, "{}").unwrap();
    let refused = sandbox.run(&["copy", FULL, "--to", "other", "--json"]);
    assert_eq!(refused.exit_code, 15, "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&metadata).unwrap(), "{}");
}
