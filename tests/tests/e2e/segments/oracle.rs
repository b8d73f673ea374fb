//! Backups while the collection is written to: each has exactly the rows of its read point, by a log of the writers.
//!
//! The log has every operation with its timestamp: that of the answer, or, since answers to deletes have none, two
//! timestamps of the server around it. Nothing of the command is used to tell what should be there.

use std::{path::Path, time::Duration};

use milvus_backup_tests::{
    backup_files::BackupFiles,
    milvus_br::MilvusBr,
    scripts::{ask, ask_within},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::oracle_server::Restless;

const DEFAULT_SHOTS: usize = 5;

/// How long the writers may write.
const LIMIT: Duration = Duration::from_hours(3);

fn shots() -> usize {
    std::env::var("MILVUS_BR_TEST_SHOTS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_SHOTS)
}

/// What the comparison of one backup with the log says.
#[derive(Debug, Deserialize)]
struct Verdict {
    expected: usize,
    found: usize,
    missing: usize,
    surplus: usize,
    different: usize,
    /// Rows of operations in flight at the read point, which both outcomes fit.
    undecided: usize,
    /// Partitions and keys of differences.
    examples: Vec<Value>,
}

#[test]
fn backups_under_running_writers_are_exact_or_refused_on_disk() {
    are_exact_or_refused(&Restless::on_disk());
}

#[test]
fn backups_under_running_writers_are_exact_or_refused_on_s3() {
    are_exact_or_refused(&Restless::on_s3());
}

fn are_exact_or_refused(server: &Restless) {
    let br = &server.br;
    let (until, log) = (br.scratch().join("until"), br.scratch().join("log.jsonl"));
    let writing = br.scratch().join("writing");
    let given = json!({
        "uri": server.uri,
        "collection": "restless",
        "writers": 4,
        "writing": writing,
        "until": until,
        "log": log,
    });
    let (backups, refusals, written) = std::thread::scope(|scope| {
        let writer =
            scope.spawn(|| ask_within::<Value>(LIMIT, include_str!("../../../scripts/write_and_log.py"), &given));
        while !writing.exists() {
            assert!(!writer.is_finished(), "nothing was written");
            std::thread::sleep(Duration::from_millis(50));
        }
        let (mut backups, mut refusals) = (Vec::new(), Vec::new());
        for _ in 0..shots() {
            let created = br.run(&["create", "restless", "--source", "segments", "--no-verify", "--json"]);
            match created.exit_code {
                Some(0) => backups.push(created.json()["backup_id"].as_str().unwrap().to_owned()),
                _ => refusals.push(created.error()["message"].as_str().unwrap().to_owned()),
            }
        }
        std::fs::write(&until, "").unwrap();
        (backups, refusals, writer.join().unwrap())
    });
    let verdicts: Vec<Verdict> = backups.iter().map(|backup| compare(br, backup, &log)).collect();
    eprintln!("{written}\n{} backups, refused: {refusals:#?}", backups.len());
    for Verdict { expected, undecided, .. } in &verdicts {
        eprintln!("{expected} rows, {undecided} of operations in flight");
    }
    for verdict in &verdicts {
        assert_eq!(verdict.examples, Vec::<Value>::new(), "{verdict:#?}");
        assert_eq!((verdict.missing, verdict.surplus, verdict.different), (0, 0, 0), "{verdict:#?}");
        assert_eq!(verdict.found, verdict.expected, "{verdict:#?}");
    }
    assert!(refusals.len() * 2 < shots(), "too many backups were refused: {refusals:#?}");
}

/// Compares the rows of a backup with those that the log has at its read point.
fn compare(br: &MilvusBr, backup: &str, log: &Path) -> Verdict {
    let files = BackupFiles::find(br, backup);
    let metadata = files.json("metadata.json");
    let given = json!({
        "data": files.path("data"),
        "log": log,
        "read_point": metadata["read_timestamp"],
    });
    ask(include_str!("../../../scripts/compare_with_log.py"), &given)
}
