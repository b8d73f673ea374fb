//! [`Job`]: a job of the configuration, with its due times.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_backup_core::{Environment, Error, Result};
use milvus_backup_engine::{MissedRuns, Timing};

use super::check_job::check;
use crate::settings::{JobSettings, Missed, Settings};

/// A job that was checked.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) settings: JobSettings,
    pub(crate) timing: Timing,
}

impl Job {
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }
}

/// Returns the jobs of the configuration. The share of its jitter by which a job is delayed is drawn once, and kept in
/// `shares`.
///
/// # Errors
/// [`Error::InvalidSetting`] for a job that is not valid, or two with one name.
pub(crate) fn jobs(
    settings: &Settings,
    environment: &Environment,
    shares: &mut BTreeMap<String, f64>,
) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for job in &settings.jobs {
        let timetable = check(job)?;
        if jobs.iter().any(|other| other.name() == job.name) {
            let reason = "another job has the same name".to_owned();
            return Err(Error::InvalidSetting { place: format!("job `{}`", job.name), reason });
        }
        let share = *shares.entry(job.name.clone()).or_insert_with(|| environment.jitter());
        let delay = job.jitter.map_or(Duration::ZERO, |jitter| jitter.0.mul_f64(share));
        let missed = match job.missed {
            Missed::RunOnce => MissedRuns::RunOnce,
            Missed::Skip => MissedRuns::Skip,
        };
        jobs.push(Job { settings: job.clone(), timing: Timing { timetable, delay, missed } });
    }
    Ok(jobs)
}

/// Returns the jobs with a name, or all of them.
///
/// # Errors
/// [`Error::InvalidParameter`] if there is no such job, or none at all.
pub(crate) fn select(jobs: Vec<Job>, name: Option<&str>) -> Result<Vec<Job>> {
    let names: Vec<String> = jobs.iter().map(|job| format!("`{}`", job.name())).collect();
    let selected: Vec<Job> = jobs.into_iter().filter(|job| name.is_none_or(|name| job.name() == name)).collect();
    if selected.is_empty() {
        let known = if names.is_empty() {
            "a job of the configuration, which has none: add a table `[[job]]`".to_owned()
        } else {
            format!("one of the jobs {}", names.join(", "))
        };
        let value = name.unwrap_or_default().to_owned();
        return Err(Error::InvalidParameter { field: "job".to_owned(), value, limit: known });
    }
    Ok(selected)
}
