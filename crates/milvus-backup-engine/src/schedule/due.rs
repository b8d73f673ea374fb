//! [`Timing`]: when a job is due, and what happens to runs that were missed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::timetable::Timetable;

/// How late a run may start before it counts as missed.
pub const LATENESS: Duration = Duration::from_mins(1);

/// How far the clock may be set back before due times that were decided are due again. Within it, no run is repeated.
pub const CLOCK_TOLERANCE: Duration = Duration::from_hours(1);

/// What happens to runs that were missed: the machine or the scheduler was off, the run before took too long, or the run
/// was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedRuns {
    /// All of them are made up for by one run, as soon as possible.
    #[default]
    RunOnce,
    /// They are passed over, and the job waits for its next due time.
    Skip,
}

/// When a job is due.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The due times of the job.
    pub timetable: Timetable,
    /// Time by which each run is delayed. It spreads the jobs of several machines over an interval.
    pub delay: Duration,
    /// What happens to runs that were missed.
    pub missed: MissedRuns,
}
