//! Rate and estimated remaining time of an operation.
//!
//! A sample of the speed is taken whenever at least a second has passed and the number of bytes has grown; the last ten
//! samples are averaged; the estimate is the number of remaining bytes divided by that average.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use super::event::ProgressEvent;
use crate::model::BackupState;

const SAMPLES: usize = 10;
const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);

/// The progress of an operation at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackupProgress {
    /// The current phase of the operation.
    pub state: BackupState,
    /// Number of rows processed so far.
    pub rows_processed: u64,
    /// Total number of rows, 0 if unknown.
    pub total_rows: u64,
    /// Number of bytes processed so far.
    pub bytes_processed: u64,
    /// Total number of bytes, 0 if unknown.
    pub total_bytes: u64,
    /// Percentage from 0 to 100; by rows if their number is known, otherwise by bytes.
    pub percentage: f64,
    /// Mean speed in bytes per second; `None` until there is a sample.
    pub bytes_per_second: Option<f64>,
    /// Estimated remaining time; `None` until there is a sample.
    pub estimated_remaining: Option<Duration>,
}

impl BackupProgress {
    /// Returns the estimate as `59s`, `2m 5s` or `1h 2m`, truncated and not rounded.
    pub fn formatted_eta(&self) -> Option<String> {
        let seconds = self.estimated_remaining?.as_secs();
        Some(match seconds {
            0..60 => format!("{seconds}s"),
            60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
            _ => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        })
    }
}

/// Turns events into [`BackupProgress`]. The time is passed to each call, from a monotonic clock.
///
/// ```
/// use std::time::Duration;
/// use milvus_backup_core::{ProgressEvent, ProgressTracker};
///
/// let mut tracker = ProgressTracker::default();
/// tracker.set_totals(100, 1000);
/// tracker.advance(25, 250, Duration::from_secs(5));
/// let progress = tracker.progress();
/// assert_eq!(progress.percentage, 25.0);
/// assert_eq!(progress.formatted_eta().as_deref(), Some("15s"));
/// ```
#[derive(Debug, Clone)]
pub struct ProgressTracker {
    state: BackupState,
    rows: u64,
    total_rows: u64,
    bytes: u64,
    total_bytes: u64,
    last_sample: (Duration, u64),
    speeds: VecDeque<f64>,
}

impl Default for ProgressTracker {
    fn default() -> Self {
        Self {
            state: BackupState::None,
            rows: 0,
            total_rows: 0,
            bytes: 0,
            total_bytes: 0,
            last_sample: (Duration::ZERO, 0),
            speeds: VecDeque::with_capacity(SAMPLES),
        }
    }
}

impl ProgressTracker {
    /// Adds one event that occurred at `elapsed`.
    pub fn observe(&mut self, event: &ProgressEvent, elapsed: Duration) {
        match event {
            ProgressEvent::Started { .. } => self.begin(BackupState::InProgress, elapsed),
            ProgressEvent::Planned { state, total_rows, total_bytes, .. } => {
                self.begin(*state, elapsed);
                self.set_totals(*total_rows, *total_bytes);
            }
            ProgressEvent::Advanced { rows, bytes, .. } => self.advance(*rows, *bytes, elapsed),
            ProgressEvent::Discarded { rows, bytes, .. } => {
                self.rows = self.rows.saturating_sub(*rows);
                self.bytes = self.bytes.saturating_sub(*bytes);
                self.last_sample = (elapsed, self.bytes);
            }
            ProgressEvent::StateChanged { state, .. } => self.state = *state,
            ProgressEvent::PartitionFinished { .. } | ProgressEvent::Warning { .. } => {}
        }
    }

    fn begin(&mut self, state: BackupState, elapsed: Duration) {
        *self = Self { last_sample: (elapsed, 0), state, ..Self::default() };
    }

    /// Sets the total amounts; 0 if unknown.
    pub fn set_totals(&mut self, rows: u64, bytes: u64) {
        self.total_rows = rows;
        self.total_bytes = bytes;
    }

    /// Adds rows and bytes that were moved by the time `elapsed`.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable rate")]
    pub fn advance(&mut self, rows: u64, bytes: u64, elapsed: Duration) {
        self.rows += rows;
        self.bytes += bytes;
        let (since, bytes_then) = self.last_sample;
        let passed = elapsed.saturating_sub(since);
        if passed >= SAMPLE_INTERVAL && self.bytes > bytes_then {
            if self.speeds.len() == SAMPLES {
                self.speeds.pop_front();
            }
            self.speeds.push_back((self.bytes - bytes_then) as f64 / passed.as_secs_f64());
            self.last_sample = (elapsed, self.bytes);
        }
    }

    /// Returns the progress of the operation.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable rate")]
    pub fn progress(&self) -> BackupProgress {
        let speed = (!self.speeds.is_empty()).then(|| self.speeds.iter().sum::<f64>() / self.speeds.len() as f64);
        let (done, total) =
            if self.total_rows > 0 { (self.rows, self.total_rows) } else { (self.bytes, self.total_bytes) };
        let fraction = if total == 0 { 0.0 } else { (done as f64 / total as f64).min(1.0) };
        // Totals in bytes are estimates until all rows have been read, so the remaining bytes are derived from the
        // rows.
        let remaining_bytes = if fraction > 0.0 { self.bytes as f64 / fraction * (1.0 - fraction) } else { 0.0 };
        BackupProgress {
            state: self.state,
            rows_processed: self.rows,
            total_rows: self.total_rows,
            bytes_processed: self.bytes,
            total_bytes: self.total_bytes,
            percentage: fraction * 100.0,
            bytes_per_second: speed,
            estimated_remaining: speed
                .filter(|speed| *speed > 0.0 && fraction > 0.0 && fraction < 1.0)
                .and_then(|speed| Duration::try_from_secs_f64(remaining_bytes / speed).ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_estimate_before_the_first_sample_nor_after_the_end() {
        let mut tracker = ProgressTracker::default();
        tracker.set_totals(10, 100);
        tracker.advance(1, 10, Duration::from_millis(900));
        assert_eq!(tracker.progress().estimated_remaining, None);
        tracker.advance(9, 90, Duration::from_secs(2));
        let progress = tracker.progress();
        assert!(progress.percentage > 99.9 && progress.estimated_remaining.is_none());
    }

    #[test]
    fn the_estimate_is_cut_off_and_not_rounded() {
        let eta = |seconds| {
            BackupProgress {
                estimated_remaining: Some(Duration::from_secs_f64(seconds)),
                ..ProgressTracker::default().progress()
            }
            .formatted_eta()
            .unwrap()
        };
        assert_eq!(eta(59.9), "59s");
        assert_eq!(eta(125.0), "2m 5s");
        assert_eq!(eta(3720.0), "1h 2m");
    }

    #[test]
    fn unknown_totals_stay_at_zero_percent() {
        let mut tracker = ProgressTracker::default();
        tracker.advance(5, 50, Duration::from_secs(3));
        assert!(tracker.progress().percentage.abs() < f64::EPSILON);
    }
}
