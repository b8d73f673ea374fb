//! `cargo xtask bench`: the command beside what it is compared with, in turns, on one Milvus 2.3.5.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_backup_testkit::{Server, ServerKind, Witness};
use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, Result};
use crate::terminal::{say, step};
use crate::workspace;

const SCRIPT: &str = include_str!("../scripts/bench.py");
const LIMIT: Duration = Duration::from_hours(2);
const DIM: u64 = 768;
const REPEATS: u64 = 4;
/// Rows that pymilvus reads, which takes a second for each two or three thousand.
const PYMILVUS_ROWS: u64 = 30_000;

#[derive(Debug, Deserialize)]
struct Outcome {
    rows: u64,
    few_rows: u64,
    row_bytes: u64,
    runs: BTreeMap<String, Vec<Run>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Run {
    seconds: f64,
    cpu_seconds: f64,
    peak_bytes: u64,
}

/// Builds, measures, and prints the medians.
pub(crate) fn run(rows: u64) -> Result<()> {
    step("build", || {
        workspace::run(workspace::cargo("build --quiet --release --package milvus-backup-cli"))?;
        workspace::run(workspace::cargo("build --quiet --release --package milvus-backup-client --examples"))
    })?;
    let release = workspace::built()?.with_file_name("release");
    let server = Server::start(ServerKind::Milvus235)?;
    let directory = tempfile::tempdir_in(&release).map_err(Error::io("make a directory for backups"))?;
    let given = json!({
        "uri": server.uri(),
        "milvus_br": release.join("milvus-br"),
        "scan": release.join("examples/scan"),
        "insert": release.join("examples/insert"),
        "directory": directory.path(),
        "rows": rows,
        "dim": DIM,
        "repeats": REPEATS,
        "pymilvus_rows": PYMILVUS_ROWS,
    });
    let outcome: Outcome = Witness::new()?.with_timeout(LIMIT).ask(SCRIPT, &given)?;
    print(&outcome);
    Ok(())
}

fn print(outcome: &Outcome) {
    say(format_args!("{} rows of {DIM} dimensions, {} bytes each; medians", outcome.rows, outcome.row_bytes));
    say(format_args!("| what | runs | seconds | MB/s | CPU s per GB | peak MiB |"));
    say(format_args!("|---|---|---|---|---|---|"));
    for (name, runs) in &outcome.runs {
        let rows = match name.split_whitespace().nth(1) {
            Some("small") => outcome.rows / 10,
            Some("few") => outcome.few_rows,
            _ => outcome.rows,
        };
        let megabytes = mega(rows * outcome.row_bytes);
        let seconds = median(runs.iter().map(|run| run.seconds));
        let cpu = median(runs.iter().map(|run| run.cpu_seconds));
        let peak = runs.iter().map(|run| run.peak_bytes).max().unwrap_or_default() >> 20;
        let (speed, cpu) = (megabytes / seconds, cpu / megabytes * 1000.0);
        say(format_args!("| {name} | {} | {seconds:.2} | {speed:.0} | {cpu:.2} | {peak} |", runs.len()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a human-readable speed")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.as_slice() {
        [] => f64::NAN,
        values if values.len().is_multiple_of(2) => f64::midpoint(values[half - 1], values[half]),
        values => values[half],
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 3.0, 2.0].into_iter()) - 2.5).abs() < f64::EPSILON);
    }
}
