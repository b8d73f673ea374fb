//! Metrics in a file, and the log as documents.

use serde_json::Value;

use crate::command::{FULL, Sandbox};

fn metrics(sandbox: &Sandbox, line: &[&str]) -> (i32, String) {
    let printed = sandbox.run(&[line, &["--metrics-file", "metrics.prom"]].concat());
    (printed.exit_code, std::fs::read_to_string(sandbox.path("metrics.prom")).unwrap())
}

#[test]
fn a_command_leaves_its_metrics_and_those_of_the_repository() {
    let sandbox = Sandbox::golden();
    let (code, text) = metrics(&sandbox, &["verify", FULL]);
    assert_eq!(code, 0);
    for line in [
        "milvus_br_command_exit_code{command=\"verify\"} 0",
        "milvus_br_broken_backups{root=\"root\"} 0",
        "milvus_br_backups{root=\"root\",collection=\"golden\",state=\"VERIFIED\"} 2",
        "milvus_br_newest_verified_backup_timestamp_seconds{root=\"root\",collection=\"golden\"} 1795",
        "milvus_br_free_bytes{root=\"root\"} ",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line}: {text}");
    }
    let (code, text) = metrics(&sandbox, &["create", "films"]);
    assert_eq!(code, 14);
    assert!(text.contains("milvus_br_command_exit_code{command=\"create\"} 14\n"), "{text}");
    assert!(!sandbox.path("metrics.prom.new").exists());
}

/// Every line is a comment, or a name with labels and a number.
#[test]
fn the_text_is_that_of_prometheus() {
    let sandbox = Sandbox::golden();
    let (_, text) = metrics(&sandbox, &["list"]);
    let mut described = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            described = rest.split(' ').next().unwrap();
        } else if !line.starts_with("# TYPE ") {
            let name = line.split(['{', ' ']).next().unwrap();
            let value = line.rsplit(' ').next().unwrap();
            assert!(name == described && value.parse::<f64>().is_ok(), "{line}");
        }
    }
    assert!(text.ends_with('\n'));
}

#[test]
fn a_log_is_one_document_per_line() {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("milvus-br.toml"), "max_concurrent_chunks = 32\n").unwrap();
    let printed = sandbox.run(&["list", "--log-format", "json"]);
    let lines: Vec<Value> = printed.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() == 1 && lines[0]["level"] == "WARN" && lines[0]["timestamp"].is_string(), "{lines:?}");
}
