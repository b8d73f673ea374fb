//! `cargo xtask fuzz`: mutated files of golden backups against every decoder, for as long as asked.

use std::time::{Duration, Instant};

use crate::error::Result;
use crate::terminal::step;
use crate::workspace;

/// Mutations of each round. A failure prints the input, made small.
const CASES: &str = "20000";

/// Runs rounds until the time is over; the last one is finished.
pub(crate) fn run(limit: Duration) -> Result<()> {
    let started = Instant::now();
    let mut round = 0;
    while started.elapsed() < limit {
        round += 1;
        step(&format!("round {round}"), || {
            let mut command = workspace::cargo("test --package milvus-backup-store-local --lib hostile");
            command.env("PROPTEST_CASES", CASES);
            workspace::run(command)
        })?;
    }
    Ok(())
}
