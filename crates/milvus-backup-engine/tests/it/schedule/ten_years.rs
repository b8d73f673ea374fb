//! Ten years of a job that is due every twelve hours in a time zone with daylight saving: runs fail, are killed or take longer
//! than the interval, the machine is off for days, its clock jumps in both directions, and retention follows each
//! success.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupId, BackupState, BackupType, BackupVersion, KeepRules};
use milvus_backup_engine::{JobOutcome, JobState, MissedRuns, NextStep, StepFailure, Timetable, Timing, next_step};
use milvus_backup_retention::RetentionPolicy;

const START: &str = "2026-01-01T00:00:00Z";
const END: &str = "2036-01-01T00:00:00Z";

/// A sequence of numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % limit
    }

    fn in_hundred(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

/// The machine with its clock, the scheduler, and the repository.
struct Years {
    chance: Chance,
    timing: Timing,
    state: JobState,
    now: Timestamp,
    backups: Vec<BackupVersion>,
    /// The due times of the runs, those of repeated ones once more.
    runs: Vec<Timestamp>,
    repeated: BTreeSet<Timestamp>,
    interruptions: usize,
    counted_twice: u64,
    /// Whether the clock jumps.
    has_jumps: bool,
    /// Times at which the clock was set back by more than what is tolerated.
    set_back: u32,
}

fn after(moment: Timestamp, seconds: i64) -> Timestamp {
    moment + SignedDuration::from_secs(seconds)
}

fn policy() -> RetentionPolicy {
    let keep = KeepRules {
        daily: 7,
        weekly: 5,
        monthly: 12,
        yearly: 10,
        time_zone: "Europe/Berlin".parse().unwrap(),
        ..KeepRules::OFF
    };
    RetentionPolicy { keep, ..RetentionPolicy::OFF }
}

impl Years {
    fn new(missed: MissedRuns, has_jumps: bool) -> Self {
        let timetable = Timetable::parse("15 */12 * * *", "Europe/Berlin".parse().unwrap()).unwrap();
        Self {
            chance: Chance(11),
            timing: Timing { timetable, delay: Duration::from_mins(7), missed },
            state: JobState::default(),
            now: START.parse().unwrap(),
            backups: Vec::new(),
            runs: Vec::new(),
            repeated: BTreeSet::new(),
            interruptions: 0,
            counted_twice: 0,
            has_jumps,
            set_back: 0,
        }
    }

    fn pass(mut self) -> Self {
        let end: Timestamp = END.parse().unwrap();
        self.state.observe(self.now);
        while self.now < end {
            self.step();
        }
        self
    }

    fn step(&mut self) {
        self.disturb();
        self.state.observe(self.now);
        let decided = self.state.decided_until;
        match next_step(&self.timing, &self.state, self.now) {
            NextStep::Run { due, passed_over } => {
                assert!(after(due, 7 * 60) <= self.now, "a run is not early: {due} at {}", self.now);
                assert!(decided < Some(due), "a run of what is decided: {due}");
                let first = decided.and_then(|decided| self.timing.timetable.next_after(decided));
                // The due time of an interrupted run is made up for by a later one: it is counted twice.
                self.counted_twice +=
                    u64::from(first.is_some_and(|first| first < due && self.repeated.contains(&first)));
                self.state.start(due, passed_over, self.now);
                self.runs.push(due);
                self.run();
            }
            NextStep::PassOver { until, number } => {
                assert!(self.timing.missed == MissedRuns::Skip && decided < Some(until) && number > 0);
                self.state.pass_over(until, number);
            }
            NextStep::Wait { until } => {
                assert!(until > self.now);
                self.now = until;
            }
            NextStep::Never => panic!("every twelve hours"),
        }
    }

    /// Days without the machine, and jumps of the clock.
    fn disturb(&mut self) {
        if self.chance.below(700) == 0 {
            self.now = after(self.now, 3600 * self.chance.below(200));
        }
        if self.has_jumps && self.chance.below(300) == 0 {
            let by = self.chance.below(60 * 24 * 30) * 60 - 3600 * 24 * 15;
            self.set_back += u32::from(by < -3600);
            self.now = after(self.now, by);
        }
    }

    /// One run: it fails, is killed, or makes a backup, after which retention follows.
    fn run(&mut self) {
        // Some take longer than the interval.
        let seconds = if self.chance.in_hundred(2) { 13 * 3600 } else { 60 + self.chance.below(3600) };
        let started = self.now;
        self.now = after(self.now, seconds);
        if self.chance.in_hundred(3) {
            let due = self.state.running.as_ref().unwrap().due;
            assert!(self.state.recover(self.timing.missed, self.now));
            if self.timing.missed == MissedRuns::RunOnce {
                self.repeated.insert(due);
                self.interruptions += 1;
            }
            return;
        }
        let mut outcome = JobOutcome::default();
        if self.chance.in_hundred(10) {
            let (step, reason) = ("back up films".to_owned(), "the server is down".to_owned());
            outcome.failures.push(StepFailure { step, error: None, reason });
        } else {
            self.backups.push(backup(started, self.runs.len()));
            self.prune();
        }
        assert!(self.state.end(&outcome, self.now).is_some());
        if self.chance.in_hundred(1) {
            // A verification finds damage in one of the last backups.
            let which = usize::try_from(self.chance.below(5)).unwrap();
            if let Some(backup) = self.backups.iter_mut().rev().nth(which) {
                backup.state = BackupState::Failed;
            }
        }
    }

    fn newest_good(&self) -> Option<BackupId> {
        let good = self.backups.iter().filter(|backup| backup.is_complete() && backup.created_at <= self.now);
        good.max_by_key(|backup| (backup.created_at, &backup.backup_id)).map(|backup| backup.backup_id.clone())
    }

    fn prune(&mut self) {
        let newest = self.newest_good();
        let decisions = policy().decide(&self.backups, self.now);
        let deleted: BTreeSet<BackupId> = decisions
            .into_iter()
            .filter(|decision| decision.action == milvus_backup_core::DecisionAction::Delete)
            .map(|decision| decision.backup_id)
            .collect();
        self.backups.retain(|backup| !deleted.contains(&backup.backup_id));
        assert!(newest.is_some_and(|id| !deleted.contains(&id)), "{}: the newest good backup was removed", self.now);
    }

    /// Returns the number of due times of the whole time.
    fn due_times(&self) -> u64 {
        let (mut moment, mut number) = (START.parse().unwrap(), 0);
        let end = self.state.decided_until.unwrap();
        while let Some(next) = self.timing.timetable.next_after(moment).filter(|next| *next <= end) {
            (moment, number) = (next, number + 1);
        }
        number
    }
}

fn backup(created_at: Timestamp, number: usize) -> BackupVersion {
    BackupVersion {
        backup_id: BackupId::new(created_at, u32::try_from(number).unwrap().to_be_bytes()),
        backup_name: number.to_string(),
        database: "default".to_owned(),
        collection_name: "films".to_owned(),
        created_at,
        backup_type: BackupType::FullCollection,
        partition_names: ["_default".to_owned()].into(),
        is_partial: false,
        row_count: 1000,
        size_bytes: 1,
        state: BackupState::Verified,
        is_verified: true,
        tags: Vec::new(),
        set_id: None,
        pin: None,
    }
}

/// Each due time has exactly one run, or is passed over once; only interrupted runs are repeated.
#[test]
fn every_due_time_is_decided_exactly_once() {
    for missed in [MissedRuns::RunOnce, MissedRuns::Skip] {
        let years = Years::new(missed, false).pass();
        let distinct: BTreeSet<Timestamp> = years.runs.iter().copied().collect();
        let twice = years.runs.len() - distinct.len();
        assert!(distinct.len() > 6_000, "{} runs", distinct.len());
        // An interrupted run is made up for with its own due time, or with a later one that has passed meanwhile.
        assert!(twice <= years.interruptions, "{twice} repeated, {} interrupted", years.interruptions);
        assert_eq!(twice > 0, missed == MissedRuns::RunOnce);
        let counted = distinct.len() as u64 + years.state.passed_over - years.counted_twice;
        assert_eq!(counted, years.due_times(), "{missed:?}");
        assert_eq!(years.state.runs, years.runs.len() as u64);
        assert!(years.state.failures > 500 && years.state.passed_over > 50, "{:?}", years.state);
    }
}

#[test]
fn the_newest_good_backup_is_never_removed_whatever_the_clock_does() {
    let years = Years::new(MissedRuns::RunOnce, true).pass();
    assert!(years.set_back > 5, "the clock was set back {} times", years.set_back);
    let good: Vec<_> = years.backups.iter().filter(|backup| backup.is_complete()).collect();
    assert!((20..100).contains(&good.len()), "{} good backups are left", good.len());
    let of_year = |year| good.iter().filter(|b| policy().keep.time_zone.local(b.created_at).year() == year).count();
    assert!((2027..=2035).all(|year| of_year(year) > 0), "a year without a backup");
}
