//! [`Daemon`]: runs the jobs whenever they are due.
//!
//! Must always hold: a job runs at most once at any time; its state is on disk before the run starts, and again when it
//! has ended; an interrupt ends all runs, and then the daemon.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{Error, Result};
use milvus_backup_engine::{JobOutcome, JobState, NextStep, next_step};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

use super::execute::execute;
use super::job::Job;
use super::observation::Observation;
use super::reload::Jobs;
use super::setting::ScheduleSetting;
use super::state_directory::{StateDirectory, StateLock};

/// Longest wait before the clock, which may have jumped, and the states are looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// A run that has ended.
#[derive(Debug)]
struct Ended {
    job: Job,
    outcome: JobOutcome,
    _lock: StateLock,
}

/// The scheduler of the jobs of a configuration.
#[derive(Debug)]
pub(crate) struct Daemon {
    jobs: Jobs,
    directory: StateDirectory,
    running: JoinSet<Ended>,
    names: BTreeSet<String>,
    _lock: StateLock,
}

impl Daemon {
    /// Creates the scheduler of a state directory.
    ///
    /// # Errors
    /// [`Error::InProgress`] while there is another one; those of an invalid configuration.
    pub(crate) fn new(setting: ScheduleSetting) -> Result<Self> {
        let directory = StateDirectory::open(&setting.settings)?;
        let Some(lock) = directory.lock_scheduler()? else {
            return Err(Error::Refused {
                reason: format!("another scheduler uses the state directory `{}`", directory.display()),
                hint: "stop it first, or set `schedule.state_directory` in the configuration".into(),
            });
        };
        let jobs = Jobs::new(setting)?;
        Ok(Self { jobs, directory, running: JoinSet::new(), names: BTreeSet::new(), _lock: lock })
    }

    /// Runs the jobs until an interrupt.
    ///
    /// # Errors
    /// Those of a state that cannot be read or written: without it, runs would be missed or repeated.
    pub(crate) async fn run(mut self) -> Result<()> {
        let mut hangups = signal(SignalKind::hangup())
            .map_err(|source| Error::Internal { action: "listen for SIGHUP".to_owned(), source: Box::new(source) })?;
        tracing::info!(jobs = self.jobs.all.len(), state = %self.directory.display(), "the scheduler runs");
        let mut observation = Observation::start(&self.jobs.setting).await?;
        let outcome = self.run_until_interrupt(&mut hangups, &mut observation).await;
        observation.end();
        self.finish(outcome).await
    }

    async fn run_until_interrupt(&mut self, hangups: &mut Signal, observation: &mut Observation) -> Result<()> {
        let environment = self.jobs.setting.environment.clone();
        loop {
            if environment.interrupt.is_requested() {
                return Ok(());
            }
            let wait = self.start_due_jobs()?;
            observation.refresh(&self.jobs.setting, &self.jobs.all, &self.directory);
            tokio::select! {
                () = environment.interrupt.wait() => return Ok(()),
                _ = hangups.recv() => self.jobs.reload(),
                Some(ended) = self.running.join_next() => self.note_end(ended)?,
                () = environment.sleep(wait) => {}
            }
        }
    }

    /// Waits for the runs that an interrupt ends, and notes their ends.
    async fn finish(mut self, outcome: Result<()>) -> Result<()> {
        if outcome.is_err() {
            self.running.abort_all();
        }
        while let Some(ended) = self.running.join_next().await {
            self.note_end(ended)?;
        }
        tracing::info!("the scheduler has ended");
        outcome
    }

    /// Starts the jobs that are due, and returns how long to wait.
    fn start_due_jobs(&mut self) -> Result<Duration> {
        let mut wait = LONGEST_WAIT;
        for job in self.jobs.all.clone() {
            if self.names.contains(job.name()) {
                continue;
            }
            // A process that runs the job now, or the job of it, has the lock.
            let Some(lock) = self.directory.lock_job(job.name())? else { continue };
            let mut state = self.directory.read(job.name())?;
            let now = self.now();
            if state.recover(job.timing.missed, now) {
                tracing::warn!(job = job.name(), "the last run was interrupted");
                self.directory.write(job.name(), &state)?;
            }
            let observed = state.clone();
            state.observe(now);
            let step = decided(&job, &mut state, now);
            if let NextStep::Run { due, passed_over } = step {
                self.start(job, lock, state, due, passed_over)?;
                continue;
            }
            if state != observed {
                self.directory.write(job.name(), &state)?;
            }
            if let NextStep::Wait { until } = step {
                wait = wait.min(until.duration_since(now).unsigned_abs());
            }
        }
        Ok(wait)
    }

    fn start(
        &mut self,
        job: Job,
        lock: StateLock,
        mut state: JobState,
        due: Timestamp,
        passed_over: u64,
    ) -> Result<()> {
        state.start(due, passed_over, self.now());
        self.directory.write(job.name(), &state)?;
        tracing::info!(job = job.name(), %due, passed_over, "the run starts");
        self.names.insert(job.name().to_owned());
        let setting = self.jobs.setting.clone();
        self.running.spawn(async move {
            let outcome = execute(&setting, &job).await;
            Ended { job, outcome, _lock: lock }
        });
        Ok(())
    }

    fn note_end(&mut self, ended: Result<Ended, tokio::task::JoinError>) -> Result<()> {
        let Ok(Ended { job, outcome, _lock }) = ended else {
            // The run has panicked: its state says that it runs, and the next decision ends it.
            self.names.clear();
            return Ok(());
        };
        self.names.remove(job.name());
        let mut state = self.directory.read(job.name())?;
        note(&job, &mut state, &outcome, self.now());
        self.directory.write(job.name(), &state)
    }

    fn now(&self) -> Timestamp {
        self.jobs.setting.environment.clock.now()
    }
}

/// Notes the end of a run, and logs it. A run that was interrupted counts as missed.
fn note(job: &Job, state: &mut JobState, outcome: &JobOutcome, now: Timestamp) {
    if outcome.is_interrupted() {
        state.recover(job.timing.missed, now);
        tracing::warn!(job = job.name(), "the run was interrupted");
        return;
    }
    for failure in &outcome.failures {
        tracing::error!(job = job.name(), "{failure}");
    }
    let Some(record) = state.end(outcome, now) else { return };
    tracing::info!(
        job = job.name(),
        due = %record.due,
        rows = record.rows,
        bytes = record.bytes,
        backups = record.backup_ids.len(),
        copied = outcome.copied,
        deleted = outcome.deleted.len(),
        success = outcome.is_success(),
        "the run has ended"
    );
}

/// Decides what a job does next, and passes over what it missed if that is its rule.
fn decided(job: &Job, state: &mut JobState, now: Timestamp) -> NextStep {
    loop {
        match next_step(&job.timing, state, now) {
            NextStep::PassOver { until, number } => {
                tracing::warn!(job = job.name(), number, "due times were missed and are passed over");
                state.pass_over(until, number);
            }
            step => return step,
        }
    }
}
