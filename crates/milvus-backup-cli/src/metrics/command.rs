//! The metrics of one command, and of the repository that it worked on.

use milvus_backup_core::Result;
use milvus_backup_engine::BackupRepository;

use super::family::{Family, sample, seconds, text};
use super::file::write_file;
use super::repository::RepositoryFamilies;
use crate::context::Context;

/// Writes the metrics of a command that has ended, if they are wanted. A failure to write them does not fail the command.
pub(crate) async fn write_of_command(context: &Context, name: &str, code: u8) {
    let Some(path) = context.metrics_file() else { return };
    let text = of_command(context, name, code, &context.repository()).await;
    if let Err(error) = write_file(path, &text) {
        context.warn(error.full_message());
    }
}

/// Returns the metrics. Those of the repository are left out if it cannot be read: the command may have failed for this
/// reason.
async fn of_command(context: &Context, name: &str, code: u8, repository: &Result<BackupRepository>) -> String {
    let mut exit_code = Family::gauge("milvus_br_command_exit_code", "Exit code of the last run of a command.");
    let mut duration = Family::gauge("milvus_br_command_duration_seconds", "Time that this run took.");
    let mut ended = Family::gauge("milvus_br_command_end_timestamp_seconds", "End of this run.");
    let (labels, clock) = ([("command", name)], &context.environment().clock);
    exit_code.add(&labels, sample(u64::from(code)));
    duration.add(&labels, clock.elapsed().as_secs_f64());
    ended.add(&labels, seconds(clock.now()));
    let mut repositories = RepositoryFamilies::new();
    if let Ok(repository) = repository
        && let Err(error) = repositories.add(repository).await
    {
        tracing::warn!("the metrics are without those of the repository: {error}");
    }
    text([&exit_code, &duration, &ended].into_iter().chain(repositories.all()))
}
