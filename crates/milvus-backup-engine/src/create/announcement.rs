//! The name of a backup, and what is announced of it before rows are moved.

use milvus_backup_core::{BackupMetadata, BackupPlan, BackupState, BackupVersion, Operation, ProgressEvent, Result};

use super::job::CreateJob;
use crate::uncommitted::{name_taken, planned_event};

impl CreateJob<'_> {
    /// Returns the name of the backup, which no other backup of the collection has.
    pub(super) async fn unused_name(&mut self) -> Result<String> {
        let time = self.created_at.strftime("%Y%m%d_%H%M%S");
        let default = || format!("{}_{time}", self.collection.name);
        let name = self.params.backup_name.clone().unwrap_or_else(default);
        match self.backup_named(&name).await? {
            None => Ok(name),
            // Two backups in one second: the default name gets the randomness of the identifier.
            Some(_) if self.params.backup_name.is_none() => Ok(format!("{name}_{}", &self.backup_id.as_str()[17..])),
            Some(existing) => Err(name_taken(&self.collection, existing)),
        }
    }

    /// Returns the backup of the collection that has this name.
    pub(super) async fn backup_named(&mut self, name: &str) -> Result<Option<BackupMetadata>> {
        let backups = self.manager.repository.store.list_committed(&self.collection).await?.backups;
        self.previous = backups.iter().map(BackupVersion::from).collect();
        Ok(backups.into_iter().find(|metadata| metadata.backup_name == name))
    }

    pub(super) fn announce(&self) {
        let progress = &self.manager.repository.progress;
        progress.event(ProgressEvent::Started {
            operation: Operation::Create,
            backup_id: self.backup_id.clone(),
            collection: self.collection.to_string(),
        });
        if self.pin.is_alias() {
            progress.event(ProgressEvent::StateChanged {
                state: BackupState::InProgress,
                message: format!("`{}` is an alias of collection `{}`", self.pin.asked, self.pin.name),
            });
        }
    }

    pub(super) fn announce_plan(&self, plan: &BackupPlan) {
        self.manager.repository.progress.event(planned_event(plan));
    }
}
