//! What the command says of a repository, to people and to scripts.

use serde_json::Value;

use crate::command::Sandbox;

#[test]
fn a_table_of_all_backups() {
    insta::assert_snapshot!(Sandbox::golden().transcript(&["list"]));
}

#[test]
fn a_list_for_scripts() {
    insta::assert_snapshot!(Sandbox::golden().transcript(&["list", "--json"]));
}

#[test]
fn no_backups_at_all() {
    for arguments in [&["list"][..], &["list", "nothing"]] {
        assert_eq!(Sandbox::empty().transcript(arguments).lines().last(), Some("no backups"));
    }
    let unknown = Sandbox::golden().run(&["list", "nothing", "--json"]);
    assert_eq!((unknown.exit_code, unknown.stdout.as_str()), (0, "[]\n"));
}

#[test]
fn one_backup_for_people() {
    insta::assert_snapshot!(Sandbox::golden().transcript(&["show", "golden@latest"]));
}

#[test]
fn one_backup_for_scripts() {
    let sandbox = Sandbox::golden();
    let shown: Value = serde_json::from_str(&sandbox.run(&["show", "golden@latest", "--json"]).stdout).unwrap();
    let listed: Value = serde_json::from_str(&sandbox.run(&["list", "--json"]).stdout).unwrap();
    assert_eq!(shown, listed[0], "show prints one element of list");
}

#[test]
fn a_plan_of_what_to_delete() {
    let arguments = ["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--dry-run"];
    insta::assert_snapshot!(Sandbox::golden().transcript(&arguments));
    let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    insta::assert_snapshot!("a_plan_for_scripts", Sandbox::golden().transcript(&with_json));
}

#[test]
fn a_verification_is_kept_and_shown() {
    let sandbox = Sandbox::golden();
    let verified: Value = serde_json::from_str(&sandbox.run(&["verify", "golden@latest", "--json"]).stdout).unwrap();
    assert_eq!(verified["success"], true, "{verified}");
    insta::with_settings!({ filters => vec![
        (r#""(verified_at)": "[^"]+""#, r#""$1": "[TIME]""#),
        (r#""(verification_time_ms)": \d+"#, r#""$1": [MS]"#),
    ]}, {
        insta::assert_snapshot!(serde_json::to_string_pretty(&verified).unwrap());
    });
    let at = verified["verified_at"].as_str().unwrap();
    assert!(sandbox.run(&["show", "golden@latest"]).stdout.contains(at));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::golden();
    let script = format!("'{}' list --json --root root | head -c 1 > /dev/null", env!("CARGO_BIN_EXE_milvus-br"));
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(sandbox.path("")).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
