//! `cargo xtask fuzz`: mutated files, pages and settings against every decoder, for as long as asked.

use std::time::{Duration, Instant};

use crate::error::Result;
use crate::terminal::step;
use crate::workspace;

/// The decoders of the files of a repository, of the pages and the segment files of Milvus, and of the configuration.
const TARGETS: [&str; 5] = [
    "milvus-backup-repository --lib",
    "milvus-backup-store-local --lib",
    "milvus-backup-columns --test it",
    "milvus-backup-segments --lib",
    "milvus-backup-cli --lib",
];

/// Mutations of each round. A failure prints the input, made small.
const CASES: &str = "5000";

/// Runs rounds until the time is over; the last one is finished.
pub(crate) fn run(limit: Duration) -> Result<()> {
    let started = Instant::now();
    let mut round = 0;
    while started.elapsed() < limit {
        round += 1;
        for target in TARGETS {
            step(&format!("round {round}: {target}"), || {
                let mut command = workspace::cargo(&format!("test --package {target} untrusted_input"));
                command.env("PROPTEST_CASES", CASES);
                workspace::run(command)
            })?;
        }
    }
    Ok(())
}
