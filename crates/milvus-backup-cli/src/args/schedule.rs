//! Options of `milvus-br schedule`.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::sizes::parse_duration;

/// Arguments of the command `schedule`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScheduleArgs {
    #[command(subcommand)]
    pub(crate) action: ScheduleAction,
}

/// What to do with the jobs.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ScheduleAction {
    /// Run the jobs whenever they are due, until SIGTERM; SIGHUP reads the configuration again
    Run,
    /// Run one job now, for cron, systemd timers and Kubernetes
    Once(ScheduleOnceArgs),
    /// Print when the jobs are due next
    Next(ScheduleNextArgs),
    /// Fail if the newest verified backup of a collection is too old
    Check(ScheduleCheckArgs),
}

/// Arguments of the command `schedule once`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScheduleOnceArgs {
    /// Name of the job
    #[arg(value_name = "JOB")]
    pub(crate) job: String,
}

/// Arguments of the command `schedule next`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScheduleNextArgs {
    /// Print only this job
    #[arg(value_name = "JOB")]
    pub(crate) job: Option<String>,
    /// Number of due times of each job
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) count: usize,
}

/// Arguments of the command `schedule check`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScheduleCheckArgs {
    /// Check only this job
    #[arg(value_name = "JOB")]
    pub(crate) job: Option<String>,
    /// Limit of the age for jobs without `max_age`, such as 26h
    #[arg(long, value_name = "TIME", value_parser = parse_duration, env = "MILVUS_BR_MAX_AGE")]
    pub(crate) max_age: Option<Duration>,
}
