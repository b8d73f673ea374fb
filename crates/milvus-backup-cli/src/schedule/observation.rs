//! [`Observation`]: the metrics of a running scheduler, over HTTP and in a file.

use std::time::Duration;

use milvus_backup_core::Result;
use tokio::task::JoinHandle;

use super::job::Job;
use super::setting::ScheduleSetting;
use super::state_directory::StateDirectory;
use crate::metrics::{MetricsServer, of_jobs, write_file};

/// Shortest time between two listings of the repositories.
const INTERVAL: Duration = Duration::from_secs(10);

/// Where the metrics are published, and when that was done last.
#[derive(Debug)]
pub(super) struct Observation {
    server: Option<MetricsServer>,
    gathering: Option<JoinHandle<()>>,
    last: Option<Duration>,
}

impl Observation {
    /// Starts the server of metrics, if the configuration has an address.
    pub(super) async fn start(setting: &ScheduleSetting) -> Result<Self> {
        let server = match setting.settings.schedule.metrics_address {
            Some(address) => Some(MetricsServer::listen(address).await?),
            None => None,
        };
        Ok(Self { server, gathering: None, last: None })
    }

    /// Gathers the metrics in the background, unless that is still going on or was done a moment ago.
    pub(super) fn refresh(&mut self, setting: &ScheduleSetting, jobs: &[Job], directory: &StateDirectory) {
        let now = setting.environment.elapsed();
        let is_recent = self.last.is_some_and(|last| now.saturating_sub(last) < INTERVAL);
        let is_gathering = self.gathering.as_ref().is_some_and(|gathering| !gathering.is_finished());
        let is_wanted = self.server.is_some() || setting.global.metrics_file.is_some();
        if !is_wanted || is_recent || is_gathering {
            return;
        }
        self.last = Some(now);
        let (server, setting, jobs, directory) =
            (self.server.clone(), setting.clone(), jobs.to_vec(), directory.clone());
        self.gathering = Some(tokio::spawn(async move {
            if let Err(error) = publish(server, &setting, &jobs, &directory).await {
                tracing::warn!("the metrics are those from before: {error}");
            }
        }));
    }

    /// Stops collecting, if it is still running.
    pub(super) fn end(&self) {
        if let Some(gathering) = &self.gathering {
            gathering.abort();
        }
    }
}

async fn publish(
    server: Option<MetricsServer>,
    setting: &ScheduleSetting,
    jobs: &[Job],
    directory: &StateDirectory,
) -> Result<()> {
    let text = of_jobs(setting, jobs, directory).await?;
    if let Some(path) = &setting.global.metrics_file {
        write_file(path, &text)?;
    }
    if let Some(server) = server {
        server.set(text);
    }
    Ok(())
}
