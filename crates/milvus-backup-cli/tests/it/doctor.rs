//! What the command finds out about its root and its Milvus.

use std::fs;

use serde_json::Value;

use crate::command::Sandbox;

/// The status of each check.
fn checks(document: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(document).unwrap();
    let of = |check: &Value, member: &str| check[member].as_str().unwrap().to_owned();
    document["checks"].as_array().unwrap().iter().map(|check| (of(check, "check"), of(check, "status"))).collect()
}

#[test]
fn a_root_that_is_as_it_must_be() {
    let sandbox = Sandbox::golden();
    let before = fs::read_dir(sandbox.path("root")).unwrap().count();
    let examined = sandbox.run(&["doctor", "--no-milvus", "--json"]);
    assert_eq!(examined.exit_code, 0, "{}{}", examined.stdout, examined.stderr);
    let checks = checks(&examined.stdout);
    let names = ["configuration", "list", "repository", "write", "conditional_create", "one_create_wins", "delete"];
    for name in names {
        assert!(checks.contains(&(name.to_owned(), "passed".to_owned())), "{name}: {checks:?}");
    }
    assert_eq!(fs::read_dir(sandbox.path("root")).unwrap().count(), before, "nothing is left");
    let printed = sandbox.run(&["doctor", "--no-milvus"]);
    assert!(printed.stdout.starts_with("STATUS ") && printed.stdout.contains("\nnot proven: "), "{}", printed.stdout);
}

#[test]
fn a_root_that_does_not_exist_is_a_warning_and_stays_so() {
    let sandbox = Sandbox::empty();
    let examined = sandbox.run(&["doctor", "--no-milvus", "--json"]);
    assert_eq!(examined.exit_code, 0, "{}", examined.stderr);
    assert!(checks(&examined.stdout).contains(&("root".to_owned(), "warning".to_owned())), "{}", examined.stdout);
    assert!(!sandbox.path("root").exists());
}

#[test]
fn a_milvus_that_is_away_and_a_repository_of_a_newer_version() {
    let sandbox = Sandbox::golden();
    let away = sandbox.run(&["doctor", "--json"]);
    assert_eq!(away.exit_code, 14, "{}", away.stdout);
    assert!(checks(&away.stdout).contains(&("server".to_owned(), "failed".to_owned())), "{}", away.stdout);
    let marker = sandbox.path("root").join("repository.json");
    let text = fs::read_to_string(&marker).unwrap();
    fs::write(&marker, text.replace("\"writer_features\": []", "\"writer_features\": [\"shared-chunks\"]")).unwrap();
    let newer = sandbox.run(&["doctor", "--no-milvus", "--json"]);
    assert_eq!(newer.exit_code, 15, "{}", newer.stdout);
    assert!(checks(&newer.stdout).contains(&("repository".to_owned(), "failed".to_owned())), "{}", newer.stdout);
}
