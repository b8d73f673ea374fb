//! Failures with `--json`: one document on standard output, the same for people on standard error.

use serde_json::Value;

use crate::command::{FULL, Sandbox};

#[test]
fn failures() {
    let sandbox = Sandbox::golden();
    // Something to delete.
    sandbox.add(FULL, "2026-11-20T00:00:00Z", |_| {});
    std::fs::write(sandbox.path("newer.toml"), "retention_count = \"many\"\n").unwrap();
    std::fs::write(sandbox.path("empty.pem"), "").unwrap();
    let mut all = Vec::new();
    for arguments in [
        &["show", "no_such_backup"][..],
        &["show", "nothing@latest"],
        &["restore", "golden"],
        &["prune", "goldn"],
        &["verify", "2026"],
        &["delete", "golden@latest"],
        &["prune", "--keep-count", "1", "--keep-days", "0", "--min-keep", "1"],
        &["restore", "golden@latest"],
        &["create", "films"],
        &["list", "--config", "newer.toml"],
        &["list", "--config", "missing.toml"],
        // A directory, which exists and cannot be read.
        &["list", "--config", "root"],
        &["create", "films", "--token-file", "missing.token"],
        &["create", "films", "--token-file", "root"],
        &["create", "films", "--uri", "https://127.0.0.1:1", "--tls-ca", "missing.pem"],
        &["create", "films", "--uri", "https://127.0.0.1:1", "--tls-ca", "empty.pem"],
        &["create", "films", "--uri", "https://127.0.0.1:1", "--tls-cert", "missing.pem", "--tls-key", "empty.pem"],
    ] {
        let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let printed = sandbox.run(&with_json);
        let document: Value = serde_json::from_str(&printed.stdout).unwrap();
        assert_eq!(document["success"], false);
        assert_eq!(document["error"]["exit_code"], printed.exit_code);
        let plain = sandbox.run(arguments);
        assert_eq!((plain.exit_code, plain.stdout.as_str()), (printed.exit_code, ""));
        assert_eq!(plain.stderr, printed.stderr);
        assert!(plain.stderr.lines().any(|line| line.starts_with("error: ")), "{}", plain.stderr);
        all.push(sandbox.transcript(&with_json));
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_damaged_and_a_newer_backup() {
    for (member, value, exit_code) in [("row_count", 1, 13), ("format_version", 99, 1)] {
        let sandbox = Sandbox::golden();
        let shown: Value = serde_json::from_str(&sandbox.run(&["show", "golden@latest", "--json"]).stdout).unwrap();
        let backup = shown["backup_id"].as_str().unwrap();
        let path = sandbox.path("root").join("golden").join(backup).join("metadata.json");
        let mut metadata: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        metadata[member] = value.into();
        std::fs::write(&path, serde_json::to_vec_pretty(&metadata).unwrap()).unwrap();
        let printed = sandbox.run(&["show", backup, "--json"]);
        assert_eq!(printed.exit_code, exit_code, "{member}: {}", printed.stderr);
        assert!(printed.stderr.contains(backup), "{}", printed.stderr);
    }
}
