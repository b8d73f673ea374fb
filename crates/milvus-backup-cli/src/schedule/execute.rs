//! One run of a job: the connection, the plan, and the end of the connection.

use milvus_backup_core::Result;
use milvus_backup_engine::{JobOutcome, StepFailure};

use super::hooks::Hooks;
use super::job::Job;
use super::plan::plan;
use super::setting::ScheduleSetting;

/// Runs a job with its hooks. What keeps it from starting is a failure of the run, like any other.
pub(crate) async fn execute(setting: &ScheduleSetting, job: &Job) -> JobOutcome {
    let hooks = Hooks::of(job, &setting.environment);
    let failed = |failure| JobOutcome { failures: vec![failure], ..JobOutcome::default() };
    let mut outcome = match hooks.before().await {
        Ok(()) => Box::pin(try_execute(setting, job))
            .await
            .unwrap_or_else(|error| failed(StepFailure::of("connect to Milvus".to_owned(), error))),
        Err(failure) => failed(failure),
    };
    hooks.after(&mut outcome).await;
    outcome
}

async fn try_execute(setting: &ScheduleSetting, job: &Job) -> Result<JobOutcome> {
    let context = setting.context(job)?;
    let plan = plan(&job.settings, &context)?;
    let session = context.connect().await?;
    let outcome = session.instance().run_job(&plan).await;
    session.close().await;
    Ok(outcome)
}
