//! The restore of a backup whose files another program wrote: by that program where it works, and otherwise by inserting
//! the rows that its files contain.

use std::sync::Arc;

use milvus_backup_core::{
    AutoIdPolicy, BackupState, Error, PayloadRestore, Progress, ProgressEvent, RestoreMethod, RestorePlan, Result,
};

use super::insertion::InsertedRows;
use super::job::{Lifetime, RestoreJob};
use super::tally::Tally;
use crate::transfer::SessionChunks;
use crate::verify::is_physical;

impl RestoreJob<'_> {
    /// Decides how rows are written, before anything is touched, and says so.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a method that the backup does not allow, with the reason.
    pub(super) async fn choose_method(&mut self, partitions: &[String]) -> Result<()> {
        let physical = is_physical(&self.backup.metadata);
        self.method = match (self.params.method, physical) {
            (RestoreMethod::Tool, false) => return Err(unsupported("by milvus-backup", "it did not write the backup")),
            (RestoreMethod::Import, true) => {
                return Err(unsupported("by import", "milvus-backup imports the files that it wrote itself"));
            }
            (RestoreMethod::Auto | RestoreMethod::Tool, true) => match self.obstacle_to_program(partitions).await? {
                None => RestoreMethod::Tool,
                Some(reason) if self.params.method == RestoreMethod::Tool => {
                    return Err(unsupported("by milvus-backup", &reason));
                }
                Some(reason) => {
                    self.announce_method(&format!(
                        "the rows are inserted, and not restored by milvus-backup: {reason}"
                    ));
                    RestoreMethod::Insert
                }
            },
            (RestoreMethod::Auto, false) => RestoreMethod::Insert,
            (method, _) => method,
        };
        if self.method == RestoreMethod::Tool {
            self.announce_method("the backup is restored by milvus-backup");
        }
        Ok(())
    }

    /// Returns why the program cannot be used; `None` if it can.
    async fn obstacle_to_program(&self, partitions: &[String]) -> Result<Option<String>> {
        let (params, metadata) = (self.params, &self.backup.metadata);
        let asked = [
            (params.into_existing, "it fills no existing collection"),
            (params.auto_id != AutoIdPolicy::Preserve, "it always preserves primary keys"),
            (partitions.len() < metadata.partition_names.len(), "it always restores all partitions"),
            (params.skip_failed_partitions, "it does not leave partitions out"),
            (self.lifetime == Lifetime::Temporary, "the collection is temporary"),
        ];
        if let Some((_, reason)) = asked.iter().find(|(asked, _)| *asked) {
            return Ok(Some((*reason).to_owned()));
        }
        match &self.manager.backend {
            Some(backend) => backend.obstacle_to_restore(&self.backup).await,
            None => Ok(Some("it is not set up".to_owned())),
        }
    }

    /// Opens the rows of a backup whose files another program wrote, if they are to be inserted.
    pub(super) async fn open_rows(&mut self) -> Result<()> {
        if self.method != RestoreMethod::Insert || !is_physical(&self.backup.metadata) {
            return Ok(());
        }
        let session = self.manager.repository.open_physical(&self.backup).await?;
        let (rows, backup) = SessionChunks::plan(session, &self.backup).await?;
        self.rows = Some(Arc::new(rows));
        self.backup = Arc::new(backup);
        Ok(())
    }

    /// Lets the program create the collection and fill it, and counts its rows: the program reports success for a restore
    /// that lost rows.
    pub(super) async fn fill_by_program(&mut self, plan: &RestorePlan, tally: &Arc<Tally>) -> Result<InsertedRows> {
        let manager = self.manager;
        let missing = || Error::Internal { action: "restore".to_owned(), source: "no program was set up".into() };
        let backend = manager.backend.as_ref().ok_or_else(missing)?;
        let target = manager.collection(&plan.target)?;
        let request = PayloadRestore { backup: &plan.backup, target: &target, partitions: &plan.partitions };
        self.created = true;
        let progress: Arc<dyn Progress> = tally.clone();
        let restore = async |progress: Arc<dyn Progress>| backend.restore(&request, progress.as_ref()).await;
        manager.watched(&progress, restore).await?;
        let mut filled = InsertedRows::default();
        for name in &plan.partitions {
            let recorded = plan.backup.manifest.partition(name).map_or(0, |partition| partition.row_count);
            manager.require_rows(plan, name, recorded, true).await?;
            filled.rows += recorded;
            filled.restored.push(name.clone());
        }
        Ok(filled)
    }

    fn announce_method(&self, message: &str) {
        let state = BackupState::InProgress;
        self.manager.repository.progress.event(ProgressEvent::StateChanged { state, message: message.to_owned() });
    }
}

fn unsupported(how: &str, reason: &str) -> Error {
    Error::Unsupported { what: format!("a restore of this backup {how}: {reason}") }
}
