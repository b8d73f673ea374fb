//! Metrics in the text format of Prometheus: of repositories, of jobs, and of single commands.

mod command;
mod family;
mod file;
mod gather;
mod jobs;
mod repository;
mod server;

pub(crate) use command::write_of_command;
pub(crate) use file::write_file;
pub(crate) use gather::of_jobs;
pub(crate) use server::MetricsServer;
