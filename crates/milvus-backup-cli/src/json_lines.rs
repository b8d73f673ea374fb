//! Machine-readable progress: one JSON document per line, on standard error.
//!
//! Every event is one line with its name as `event`, except that moved rows are summarized: a `progress` line is written
//! periodically, at the end of each partition, and at the end of the operation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use milvus_backup_client::SystemClock;
use milvus_backup_core::{BackupState, Clock, Progress, ProgressEvent, ProgressTracker};
use serde::Serialize;

use crate::output::stderr_document;

/// Writes progress events as lines of JSON.
#[derive(Debug)]
pub(crate) struct JsonLines {
    clock: Arc<SystemClock>,
    interval: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tracker: ProgressTracker,
    /// Progress per partition; in a verification, per file.
    partitions: BTreeMap<String, Moved>,
    last_line: Option<Duration>,
}

#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Moved {
    rows: u64,
    /// The total, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_rows: Option<u64>,
    bytes: u64,
}

/// The line that summarizes the progress of the operation.
#[derive(Debug, Serialize)]
struct Line<'a> {
    event: &'static str,
    state: BackupState,
    rows: u64,
    total_rows: u64,
    bytes: u64,
    /// In a create, an estimate.
    total_bytes: u64,
    percentage: f64,
    bytes_per_second: Option<f64>,
    seconds_remaining: Option<f64>,
    partitions: &'a BTreeMap<String, Moved>,
}

impl JsonLines {
    /// Creates a progress writer with at least `interval` between two `progress` lines.
    pub(crate) fn new(clock: Arc<SystemClock>, interval: Duration) -> Self {
        Self { clock, interval, state: Mutex::default() }
    }
}

impl Progress for JsonLines {
    fn event(&self, event: ProgressEvent) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.elapsed();
        let done_before = state.tracker.progress().percentage >= 100.0;
        state.tracker.observe(&event, now);
        match &event {
            ProgressEvent::Advanced { partition, rows, bytes } => {
                let moved = state.partitions.entry(partition.clone()).or_default();
                (moved.rows, moved.bytes) = (moved.rows + rows, moved.bytes + bytes);
                let soon = state.last_line.is_some_and(|last| now.saturating_sub(last) < self.interval);
                let done = !done_before && state.tracker.progress().percentage >= 100.0;
                if !soon || done {
                    state.last_line = Some(now);
                    state.write();
                }
                return;
            }
            ProgressEvent::Discarded { partition, rows, bytes } => {
                let moved = state.partitions.entry(partition.clone()).or_default();
                (moved.rows, moved.bytes) = (moved.rows.saturating_sub(*rows), moved.bytes.saturating_sub(*bytes));
            }
            ProgressEvent::Started { .. } => state.partitions.clear(),
            ProgressEvent::Planned { partition_rows, .. } => {
                let planned = |(name, rows): (&String, &u64)| {
                    (name.clone(), Moved { total_rows: Some(*rows), ..Moved::default() })
                };
                state.partitions = partition_rows.iter().map(planned).collect();
            }
            ProgressEvent::PartitionFinished { .. } => state.write(),
            _ => {}
        }
        write(&event);
    }
}

impl State {
    fn write(&self) {
        let progress = self.tracker.progress();
        write(&Line {
            event: "progress",
            state: progress.state,
            rows: progress.rows_processed,
            total_rows: progress.total_rows,
            bytes: progress.bytes_processed,
            total_bytes: progress.total_bytes,
            percentage: progress.percentage,
            bytes_per_second: progress.bytes_per_second,
            seconds_remaining: progress.estimated_remaining.map(|left| left.as_secs_f64()),
            partitions: &self.partitions,
        });
    }
}

fn write(line: &impl Serialize) {
    match serde_json::to_string(line) {
        Ok(line) => stderr_document(&line),
        Err(error) => tracing::warn!(%error, "cannot write progress"),
    }
}
