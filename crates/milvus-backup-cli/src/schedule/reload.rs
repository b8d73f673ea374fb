//! The configuration of a running scheduler: it is read again on request, and kept if the new one is not valid.

use std::collections::BTreeMap;

use milvus_backup_core::Result;

use super::job::{Job, jobs, select};
use super::setting::ScheduleSetting;

/// The jobs with the setting that they belong to.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) setting: ScheduleSetting,
    pub(super) all: Vec<Job>,
    shares: BTreeMap<String, f64>,
}

impl Jobs {
    pub(super) fn new(setting: ScheduleSetting) -> Result<Self> {
        let mut shares = BTreeMap::new();
        let all = select(jobs(&setting.settings, &setting.environment, &mut shares)?, None)?;
        Ok(Self { setting, all, shares })
    }

    /// Reads the configuration again. Runs that have started keep the one that they started with.
    pub(super) fn reload(&mut self) {
        match self.reloaded() {
            Ok((setting, all)) => {
                tracing::info!(jobs = all.len(), "the configuration was read again");
                (self.setting, self.all) = (setting, all);
            }
            Err(error) => tracing::error!("the configuration is not valid, and the one before stays: {error}"),
        }
    }

    fn reloaded(&mut self) -> Result<(ScheduleSetting, Vec<Job>)> {
        let setting = self.setting.reloaded()?;
        let all = select(jobs(&setting.settings, &setting.environment, &mut self.shares)?, None)?;
        Ok((setting, all))
    }
}
