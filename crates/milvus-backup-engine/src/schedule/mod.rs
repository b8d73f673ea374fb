//! Schedules: when jobs are due, what a job does, and what is left to verify. Nothing here reads a clock or a file.

mod decide;
mod due;
mod freshness;
mod job;
mod outcome;
mod rotation;
mod run;
mod state;
mod timetable;
mod verification;

pub use decide::{NextStep, next_step};
pub use due::{CLOCK_TOLERANCE, LATENESS, MissedRuns, Timing};
pub use freshness::{Freshness, freshness};
pub use job::{CopyTarget, JobPlan};
pub use outcome::{JobOutcome, StepFailure};
pub use rotation::{Unverified, unverified};
pub use state::{JobState, RunRecord, RunStart};
pub use timetable::Timetable;
pub use verification::VerificationRound;
