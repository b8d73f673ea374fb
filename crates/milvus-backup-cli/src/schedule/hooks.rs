//! The hooks of a job: programs that run before it, after a success, and after a failure.
//!
//! Must always hold: a hook has no variable of the environment that was not asked for, and ends at its limit.

use std::process::Stdio;
use std::time::Duration;

use milvus_backup_core::{Environment, Error, Result};
use milvus_backup_engine::{JobOutcome, StepFailure};
use tokio::process::Command;

use super::job::Job;
use crate::settings::JobHooks;

/// Limit of a hook without one.
const LIMIT: Duration = Duration::from_mins(1);

/// The variables that every hook has, because programs do not run without them.
const INHERITED: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

/// The hooks of a run.
#[derive(Debug)]
pub(super) struct Hooks<'a> {
    job: &'a str,
    settings: Option<&'a JobHooks>,
    environment: &'a Environment,
}

impl<'a> Hooks<'a> {
    pub(super) fn of(job: &'a Job, environment: &'a Environment) -> Self {
        Self { job: job.name(), settings: job.settings.hooks.as_ref(), environment }
    }

    /// Runs the hook before the run. If it fails, the run does not start.
    pub(super) async fn before(&self) -> Result<(), StepFailure> {
        let Some(settings) = self.settings else { return Ok(()) };
        self.run("before", &settings.before, &JobOutcome::default()).await
    }

    /// Runs the hook after a success, whose failure makes the run fail, or the one after a failure.
    pub(super) async fn after(&self, outcome: &mut JobOutcome) {
        let Some(settings) = self.settings else { return };
        if outcome.is_success()
            && let Err(failure) = self.run("after", &settings.after, outcome).await
        {
            outcome.failures.push(failure);
        }
        if !outcome.is_success()
            && let Err(failure) = self.run("on_failure", &settings.on_failure, outcome).await
        {
            outcome.failures.push(failure);
        }
    }

    async fn run(&self, name: &str, program: &[String], outcome: &JobOutcome) -> Result<(), StepFailure> {
        let [program, arguments @ ..] = program else { return Ok(()) };
        let step = format!("run the hook `{name}`");
        let failed = |reason: String| StepFailure { step: step.clone(), error: None, reason };
        let child = self.command(name, program, arguments, outcome).spawn();
        let mut child = child.map_err(|error| failed(format!("cannot start `{program}`: {error}")))?;
        let limit = self.settings.and_then(|settings| settings.timeout).map_or(LIMIT, |timeout| timeout.0);
        let waited = async { Ok(child.wait().await) };
        match self.environment.bounded(limit, waited).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(failed(format!("`{program}` ended with {status}"))),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(error) => {
                // The process is killed; another error would only say that it has ended.
                let _ = child.kill().await;
                match error {
                    Error::DeadlineExceeded { .. } => Err(failed(format!("`{program}` took longer than {limit:?}"))),
                    error => Err(StepFailure::of(step.clone(), error)),
                }
            }
        }
    }

    fn command(&self, name: &str, program: &str, arguments: &[String], outcome: &JobOutcome) -> Command {
        let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
        let asked_for = self.settings.into_iter().flat_map(|settings| &settings.environment).map(String::as_str);
        let inherited = INHERITED.into_iter().chain(asked_for);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(inherited.filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?))))
            .env("MILVUS_BR_HOOK", name)
            .env("MILVUS_BR_JOB", self.job)
            .env("MILVUS_BR_BACKUP_IDS", outcome.backup_ids().join(" "))
            .env("MILVUS_BR_ROWS", outcome.rows().to_string())
            .env("MILVUS_BR_BYTES", outcome.bytes().to_string())
            .env("MILVUS_BR_FAILURES", failures.join("\n"))
            .stdin(Stdio::null())
            .stdout(Stdio::from(std::io::stderr()))
            .kill_on_drop(true);
        command
    }
}
