//! [`JobState`]: what is known of a job between its runs. It is written before and after each of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::due::{CLOCK_TOLERANCE, MissedRuns};
use super::outcome::JobOutcome;

/// The history of a job, as far as later decisions need it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobState {
    /// Due times up to this one are decided: their runs were started, or passed over.
    pub decided_until: Option<Timestamp>,
    /// The run that was started and has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<RunStart>,
    /// The last run without a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<RunRecord>,
    /// The last run with a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<RunRecord>,
    /// Number of runs that ended.
    pub runs: u64,
    /// Number of those that failed.
    pub failures: u64,
    /// Number of failures since the last success.
    pub consecutive_failures: u64,
    /// Number of due times that were passed over.
    pub passed_over: u64,
}

/// A run that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStart {
    /// The due time of the run.
    pub due: Timestamp,
    /// The time at which it was started.
    pub started_at: Timestamp,
}

/// A run that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The due time of the run.
    pub due: Timestamp,
    /// The time at which it was started.
    pub started_at: Timestamp,
    /// The time at which it ended.
    pub ended_at: Timestamp,
    /// Number of rows in its backups.
    pub rows: u64,
    /// Bytes of its backups.
    pub bytes: u64,
    /// The identifiers of its backups.
    pub backup_ids: Vec<String>,
    /// What failed, one line each; empty after a success.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
}

impl JobState {
    /// Adapts the state to the present, before a decision: a job that is new waits for its next due time, and so does one
    /// whose decided times are in the future by more than [`CLOCK_TOLERANCE`], because the clock was set back.
    pub fn observe(&mut self, now: Timestamp) {
        let tolerated = now.saturating_add(CLOCK_TOLERANCE).unwrap_or(Timestamp::MAX);
        if self.decided_until.is_none_or(|decided| decided > tolerated) {
            self.decided_until = Some(now);
        }
    }

    /// Notes that a run starts. Every due time up to its own is decided with it.
    pub fn start(&mut self, due: Timestamp, passed_over: u64, now: Timestamp) {
        self.decided_until = Some(due);
        self.passed_over += passed_over;
        self.running = Some(RunStart { due, started_at: now });
    }

    /// Notes that due times are passed over.
    pub fn pass_over(&mut self, until: Timestamp, number: u64) {
        self.decided_until = Some(until);
        self.passed_over += number;
    }

    /// Notes the end of the run, and returns its record.
    pub fn end(&mut self, outcome: &JobOutcome, now: Timestamp) -> Option<RunRecord> {
        let RunStart { due, started_at } = self.running.take()?;
        let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
        let record = RunRecord {
            due,
            started_at,
            ended_at: now,
            rows: outcome.rows(),
            bytes: outcome.bytes(),
            backup_ids: outcome.backup_ids(),
            failures,
        };
        self.runs += 1;
        if record.failures.is_empty() {
            self.consecutive_failures = 0;
            self.last_success = Some(record.clone());
        } else {
            self.failures += 1;
            self.consecutive_failures += 1;
            self.last_failure = Some(record.clone());
        }
        Some(record)
    }

    /// Ends a run that ended with its process, or with a signal: it failed, and its due time counts as missed. Returns
    /// whether there was one.
    pub fn recover(&mut self, missed: MissedRuns, now: Timestamp) -> bool {
        let Some(RunStart { due, started_at }) = self.running.take() else { return false };
        self.runs += 1;
        self.failures += 1;
        self.consecutive_failures += 1;
        self.last_failure = Some(RunRecord {
            due,
            started_at,
            ended_at: now,
            rows: 0,
            bytes: 0,
            backup_ids: Vec::new(),
            failures: vec!["the run was interrupted".to_owned()],
        });
        // A run outside the due times, which no due time was decided with, is not made up for.
        if missed == MissedRuns::RunOnce && self.decided_until.is_some_and(|decided| decided >= due) {
            let before = due.saturating_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN);
            self.decided_until = Some(before);
        }
        true
    }
}
