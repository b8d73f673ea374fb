//! The decision what a job does next: a pure function of its timing, its state and the time.

use std::time::Duration;

use jiff::Timestamp;

use super::due::{LATENESS, MissedRuns, Timing};
use super::state::JobState;

/// Due times that are counted one by one. A job that was off for longer has passed over at least as many.
const COUNTED: u64 = 10_000;

/// What a job does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// It runs now. Earlier due times are made up for by this run.
    Run {
        /// The due time of the run.
        due: Timestamp,
        /// Number of earlier due times that have no run of their own.
        passed_over: u64,
    },
    /// Due times were missed, and are passed over. Decide again afterwards.
    PassOver {
        /// The last of them.
        until: Timestamp,
        /// The number of them.
        number: u64,
    },
    /// It waits for its next due time.
    Wait {
        /// The moment at which it runs next.
        until: Timestamp,
    },
    /// No moment is left that its timetable has.
    Never,
}

/// Decides what a job does next. The state must have been observed at `now`, see [`JobState::observe`], and the job must
/// not be running.
///
/// Must always hold: each due time after the decided ones is part of exactly one run, or is passed over once; a run starts
/// no earlier than its due time and the delay.
pub fn next_step(timing: &Timing, state: &JobState, now: Timestamp) -> NextStep {
    let decided = state.decided_until.unwrap_or(now);
    let Some(first) = timing.timetable.next_after(decided) else { return NextStep::Never };
    if delayed(first, timing.delay) > now {
        return NextStep::Wait { until: delayed(first, timing.delay) };
    }
    // The newest due time whose delay has passed as well.
    let passed = now.saturating_sub(timing.delay).unwrap_or(Timestamp::MIN);
    let due = timing.timetable.last_until(passed).filter(|due| *due >= first).unwrap_or(first);
    let earlier = count(timing, first, due);
    if timing.missed == MissedRuns::Skip && delayed(due, timing.delay + LATENESS) < now {
        return NextStep::PassOver { until: due, number: earlier + 1 };
    }
    NextStep::Run { due, passed_over: earlier }
}

fn delayed(due: Timestamp, delay: Duration) -> Timestamp {
    due.saturating_add(delay).unwrap_or(Timestamp::MAX)
}

/// Counts the due times from `first` to before `due`.
fn count(timing: &Timing, first: Timestamp, due: Timestamp) -> u64 {
    let (mut moment, mut number) = (first, 0);
    while moment < due && number < COUNTED {
        number += 1;
        let Some(next) = timing.timetable.next_after(moment) else { break };
        moment = next;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::super::state::RunStart;
    use super::super::timetable::Timetable;
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}Z").parse().unwrap()
    }

    fn timing(missed: MissedRuns, delay: Duration) -> Timing {
        Timing { timetable: Timetable::parse("0 2 * * *", "UTC".parse().unwrap()).unwrap(), delay, missed }
    }

    fn step(missed: MissedRuns, delay: u64, decided: &str, now: &str) -> NextStep {
        let state = JobState { decided_until: Some(at(decided)), ..JobState::default() };
        next_step(&timing(missed, Duration::from_secs(delay)), &state, at(now))
    }

    #[test]
    fn a_job_waits_for_its_due_time_and_its_delay() {
        use MissedRuns::RunOnce;
        let wait = |until: &str| NextStep::Wait { until: at(until) };
        let run = |due: &str, passed_over| NextStep::Run { due: at(due), passed_over };
        assert_eq!(step(RunOnce, 0, "01T02:00:00", "01T12:00:00"), wait("02T02:00:00"));
        assert_eq!(step(RunOnce, 0, "01T02:00:00", "02T02:00:00"), run("02T02:00:00", 0));
        assert_eq!(step(RunOnce, 300, "01T02:00:00", "02T02:04:59"), wait("02T02:05:00"));
        assert_eq!(step(RunOnce, 300, "01T02:00:00", "02T02:05:00"), run("02T02:00:00", 0));
    }

    #[test]
    fn missed_runs_are_made_up_for_by_one() {
        use MissedRuns::RunOnce;
        assert_eq!(
            step(RunOnce, 0, "01T02:00:00", "05T01:00:00"),
            NextStep::Run { due: at("04T02:00:00"), passed_over: 2 }
        );
        // The newest due time is still delayed: the one before it is made up for first.
        assert_eq!(
            step(RunOnce, 300, "01T02:00:00", "05T02:01:00"),
            NextStep::Run { due: at("04T02:00:00"), passed_over: 2 }
        );
    }

    #[test]
    fn missed_runs_are_passed_over_if_the_rule_says_so() {
        use MissedRuns::Skip;
        assert_eq!(
            step(Skip, 0, "01T02:00:00", "05T01:00:00"),
            NextStep::PassOver { until: at("04T02:00:00"), number: 3 }
        );
        assert_eq!(
            step(Skip, 0, "04T02:00:00", "05T02:00:30"),
            NextStep::Run { due: at("05T02:00:00"), passed_over: 0 }
        );
    }

    #[test]
    fn a_new_job_waits_and_a_clock_that_is_set_back_far_starts_anew() {
        let timing = timing(MissedRuns::RunOnce, Duration::ZERO);
        let mut state = JobState::default();
        state.observe(at("05T12:00:00"));
        assert_eq!(next_step(&timing, &state, at("05T12:00:00")), NextStep::Wait { until: at("06T02:00:00") });
        state.decided_until = Some(at("20T02:00:00"));
        state.observe(at("05T12:00:00"));
        assert_eq!(next_step(&timing, &state, at("05T12:00:00")), NextStep::Wait { until: at("06T02:00:00") });
        // Set back by less than the tolerance, nothing runs twice.
        state.decided_until = Some(at("06T02:00:00"));
        state.observe(at("06T01:30:00"));
        assert_eq!(next_step(&timing, &state, at("06T02:00:00")), NextStep::Wait { until: at("07T02:00:00") });
    }

    #[test]
    fn an_interrupted_run_is_repeated_under_one_rule_and_not_under_the_other() {
        for (missed, expected) in [
            (MissedRuns::RunOnce, NextStep::Run { due: at("05T02:00:00"), passed_over: 0 }),
            (MissedRuns::Skip, NextStep::Wait { until: at("06T02:00:00") }),
        ] {
            let mut state = JobState::default();
            state.start(at("05T02:00:00"), 0, at("05T02:00:01"));
            assert!(state.recover(missed, at("05T02:00:20")) && !state.recover(missed, at("05T02:00:20")));
            assert_eq!((state.failures, state.consecutive_failures), (1, 1));
            assert_eq!(next_step(&timing(missed, Duration::ZERO), &state, at("05T02:00:20")), expected);
        }
    }

    #[test]
    fn an_interrupted_run_outside_the_due_times_decides_none_of_them() {
        let mut state = JobState { decided_until: Some(at("04T02:00:00")), ..JobState::default() };
        state.running = Some(RunStart { due: at("05T12:00:00"), started_at: at("05T12:00:00") });
        assert!(state.recover(MissedRuns::RunOnce, at("05T12:01:00")));
        let timing = timing(MissedRuns::RunOnce, Duration::ZERO);
        let step = next_step(&timing, &state, at("05T12:01:00"));
        assert_eq!(step, NextStep::Run { due: at("05T02:00:00"), passed_over: 0 });
    }
}
