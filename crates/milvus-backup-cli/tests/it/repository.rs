//! What the command says of a repository, to people and to scripts.

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};

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
    for (arguments, text) in [(&["list"][..], "no backups\n"), (&["list", "nothing"], "no backups of nothing\n")] {
        let printed = Sandbox::empty().run(arguments);
        assert_eq!((printed.exit_code, printed.stdout.as_str()), (0, text));
        assert!(printed.stderr.starts_with("warning: the root `root` does not exist: "), "{}", printed.stderr);
    }
    let typo = Sandbox::golden().run(&["list", "goldn"]);
    assert_eq!(typo.stdout, "no backups of goldn; there are backups of golden\n");
    assert_eq!((typo.exit_code, typo.stderr.as_str()), (0, ""));
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
    let mut shown: Value = serde_json::from_str(&sandbox.run(&["show", "golden@latest", "--json"]).stdout).unwrap();
    let listed: Value = serde_json::from_str(&sandbox.run(&["list", "--json"]).stdout).unwrap();
    let payload = shown.as_object_mut().unwrap();
    assert_eq!(payload.remove("kind"), Some("parquet".into()));
    assert_eq!(payload.remove("partitions").unwrap().as_array().unwrap().len(), 3);
    assert_eq!(shown, listed[0], "show prints one element of list, and the manifest");
}

#[test]
fn a_plan_of_what_to_delete() {
    let sandbox = Sandbox::golden();
    sandbox.add(FULL, "2026-11-20T00:00:00Z", |_| {});
    let arguments = ["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--dry-run"];
    insta::assert_snapshot!(sandbox.transcript(&arguments));
    let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    insta::assert_snapshot!("a_plan_for_scripts", sandbox.transcript(&with_json));
    let done = sandbox.run(&["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"]);
    assert!(done.stdout.contains("kept 2 and deleted 1 of 3 backups"), "{}", done.stdout);
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

/// The state is the same in text and JSON, and the document that was committed never changes.
#[test]
fn one_state_for_people_and_scripts() {
    let sandbox = Sandbox::golden();
    let state = |backup: &str| {
        let shown: Value = serde_json::from_str(&sandbox.run(&["show", backup, "--json"]).stdout).unwrap();
        let text = sandbox.run(&["show", backup]).stdout;
        let state = shown["state"].as_str().unwrap().to_owned();
        assert!(text.lines().any(|line| line == format!("state        {state}")), "{state}: {text}");
        state
    };
    let stored = || std::fs::read(sandbox.path("root/golden").join(FULL).join("metadata.json")).unwrap();
    let before = stored();
    assert_eq!([state(FULL), state(PART)], ["COMPLETED", "VERIFIED"]);
    sandbox.run(&["verify", FULL]);
    assert_eq!(state(FULL), "VERIFIED");
    let data = sandbox.path("root/golden").join(FULL).join("data/alpha.parquet");
    let whole = std::fs::read(&data).unwrap();
    std::fs::write(&data, [&whole[..whole.len() - 1], b"?"].concat()).unwrap();
    assert_eq!(sandbox.run(&["verify", FULL]).exit_code, 13);
    assert_eq!(state(FULL), "FAILED");
    std::fs::write(&data, whole).unwrap();
    sandbox.run(&["verify", FULL]);
    assert_eq!(state(FULL), "VERIFIED");
    assert_eq!(stored(), before);
}

/// What came from outside cannot drive a terminal: a tag, a partition that failed, an argument.
#[test]
fn nothing_from_a_repository_reaches_the_terminal_raw() {
    let sandbox = Sandbox::golden();
    let id = sandbox.add(FULL, "2026-11-28T06:43:00Z", |metadata| {
        metadata["tags"] = ["red \u{1b}[31m\nforged line"].into();
        metadata["backup_name"] = "name \u{1b}]0;title\u{7}".into();
        metadata["limitations"] = ["bell \u{7}"].into();
    });
    for arguments in [&["list"][..], &["show", &id], &["show", "no\u{1b}[31m"], &["list", "日\u{202e}本"], &["prune"]]
    {
        let printed = sandbox.run(arguments);
        let text = printed.stdout + &printed.stderr;
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text:?}");
        assert!(!text.contains("\nforged"), "{text:?}");
    }
}

#[test]
fn columns_align_by_what_a_terminal_shows() {
    let sandbox = Sandbox::golden();
    sandbox.add(PART, "2026-11-28T06:43:00Z", |metadata| {
        metadata["partition_names"] = ["p1", "p2", "p3", "p4", "p5"].into();
        metadata["backup_name"] = "last".into();
    });
    insta::assert_snapshot!(sandbox.run(&["list"]).stdout);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::golden();
    let script = format!("'{}' list --json --root root | head -c 1 > /dev/null", env!("CARGO_BIN_EXE_milvus-br"));
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(sandbox.path("")).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

/// 190 MiB that cost no disk: a document is refused by its size, and its neighbours are listed.
#[test]
fn a_document_that_is_too_large_is_not_read() {
    let sandbox = Sandbox::golden();
    let id = sandbox.add(FULL, "2026-11-28T06:43:00Z", |_| {});
    let metadata = sandbox.path("root/golden").join(&id).join("metadata.json");
    std::fs::File::create(&metadata).unwrap().set_len(190 << 20).unwrap();
    let printed = sandbox.run(&["list"]);
    assert_eq!(printed.exit_code, 3);
    assert!(printed.stdout.contains(FULL), "{}", printed.stdout);
    let message = "metadata.json: 199229440 bytes exceed the limit of 8388608";
    assert!(printed.stderr.contains(message), "{}", printed.stderr);
    assert_eq!(sandbox.run(&["delete", &id, "--yes"]).exit_code, 0);
    assert_eq!(sandbox.run(&["list"]).exit_code, 0);
}
