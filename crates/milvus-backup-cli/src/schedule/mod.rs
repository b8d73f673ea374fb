//! The scheduler: jobs of the configuration, their state on disk, and their runs.

mod check_job;
mod daemon;
mod execute;
mod hooks;
mod job;
mod observation;
mod plan;
mod reload;
mod setting;
mod state_directory;

pub(crate) use daemon::Daemon;
pub(crate) use execute::execute;
pub(crate) use job::{Job, jobs, select};
pub(crate) use setting::{ScheduleSetting, environment};
pub(crate) use state_directory::StateDirectory;
