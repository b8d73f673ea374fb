//! `milvus-br schedule once` runs one job now.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupId, BackupResult, Error, Result};
use milvus_backup_engine::JobOutcome;
use serde::Serialize;

use crate::args::ScheduleOnceArgs;
use crate::exit_code;
use crate::metrics::{of_jobs, write_file};
use crate::output::{Output, stderr_line};
use crate::schedule::{ScheduleSetting, StateDirectory, execute, jobs, select};
use crate::sizes::format_size;
use crate::text::{count, printable};

/// The result of the command.
#[derive(Debug, Serialize)]
struct Run<'a> {
    success: bool,
    job: &'a str,
    backups: &'a [BackupResult],
    verified_backup_ids: &'a [BackupId],
    backups_copied: u64,
    deleted_backup_ids: &'a [BackupId],
    failures: Vec<String>,
}

pub(crate) async fn run(setting: &ScheduleSetting, output: &Output, args: &ScheduleOnceArgs) -> Result<u8> {
    let all = jobs(&setting.settings, &setting.environment, &mut BTreeMap::new())?;
    let directory = StateDirectory::open(&setting.settings)?;
    let mut selected = select(all, Some(&args.job))?;
    let job = selected.swap_remove(0);
    let Some(_lock) = directory.lock_job(job.name())? else {
        return Err(Error::Refused {
            reason: format!("job `{}` is running", job.name()),
            hint: "try again when it has ended".into(),
        });
    };
    let now = || setting.environment.clock.now();
    let mut state = directory.read(job.name())?;
    state.recover(job.timing.missed, now());
    // The due times of the job are decided by the scheduler, if there is one.
    let decided = state.decided_until;
    state.start(now(), 0, now());
    state.decided_until = decided;
    directory.write(job.name(), &state)?;
    let outcome = execute(setting, &job).await;
    state.end(&outcome, now());
    directory.write(job.name(), &state)?;
    if let Some(path) = &setting.global.metrics_file {
        write_file(path, &of_jobs(setting, std::slice::from_ref(&job), &directory).await?)?;
    }
    Ok(report(job.name(), &outcome, output))
}

/// Prints the outcome, and returns the exit code: that of the first failure.
fn report(job: &str, outcome: &JobOutcome, output: &Output) -> u8 {
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    for failure in &failures {
        stderr_line(&format!("error: {}", printable(failure)));
    }
    let run = Run {
        success: outcome.is_success(),
        job,
        backups: &outcome.backups,
        verified_backup_ids: &outcome.verified,
        backups_copied: outcome.copied,
        deleted_backup_ids: &outcome.deleted,
        failures,
    };
    output.result(&run, || {
        format!(
            "{job}  {}, {}, {}; {} copied, {} deleted",
            count(outcome.backup_ids().len(), "backup"),
            count(outcome.rows(), "row"),
            format_size(outcome.bytes()),
            outcome.copied,
            outcome.deleted.len(),
        )
    });
    let without_error = if outcome.backups.is_empty() { exit_code::FAILED } else { exit_code::INCOMPLETE };
    let code = |error: &Error| exit_code::of(error.kind());
    let mut codes = outcome.failures.iter().map(|failure| failure.error.as_ref().map_or(without_error, code));

    codes.next().unwrap_or(exit_code::DONE)
}
