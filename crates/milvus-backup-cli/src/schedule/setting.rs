//! [`ScheduleSetting`]: what all runs of the scheduler share.

use std::sync::Arc;

use milvus_backup_client::{SystemClock, SystemEntropy};
use milvus_backup_core::{Environment, Interrupt, Result};

use super::job::Job;
use crate::Layers;
use crate::args::Global;
use crate::context::Context;
use crate::output::Output;
use crate::settings::{Settings, settings_of};

/// The options of the scheduler, its environment, and the configuration as it was read last.
#[derive(Debug, Clone)]
pub(crate) struct ScheduleSetting {
    pub(crate) global: Global,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    pub(crate) layers: Layers,
}

/// Returns the environment of this process.
pub(crate) fn environment(interrupt: Interrupt) -> Environment {
    Environment { clock: Arc::new(SystemClock::new()), entropy: Arc::new(SystemEntropy), interrupt }
}

impl ScheduleSetting {
    /// Returns the same with the configuration as it is now.
    pub(crate) fn reloaded(&self) -> Result<Self> {
        Ok(Self { settings: settings_of(&self.global)?, ..self.clone() })
    }

    /// Returns the context of a job: its root, its database and its deadline, and no progress.
    pub(crate) fn context(&self, job: &Job) -> Result<Context> {
        let (mut global, mut settings) = (self.global.clone(), self.settings.clone());
        if let Some(root) = &job.settings.root {
            settings.recovery.local_backup_root_path.clone_from(root);
        }
        if job.settings.database.is_some() {
            settings.milvus.database.clone_from(&job.settings.database);
        }
        global.timeout = job.settings.timeout.map(|timeout| timeout.0).or(global.timeout);
        global.quiet = true;
        Context::new(global, settings, Output::new(false), self.environment.interrupt.clone(), self.layers)
    }
}
