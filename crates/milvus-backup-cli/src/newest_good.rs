//! The good backup that an error about a damaged one names.

use milvus_backup_core::{BackupId, CollectionRef, Error, ErrorKind};
use milvus_backup_engine::{BackupRepository, FoundBackup};

use crate::command_error::CommandError;
use crate::summary::Summary;

/// The newest full backup of a collection that is complete and not known to be damaged. It is looked for once an error
/// needs it.
#[derive(Debug, Clone)]
pub(crate) struct NewestGood<'a> {
    repository: &'a BackupRepository,
    collection: Option<CollectionRef>,
    /// The backup that was asked for.
    asked: BackupId,
}

impl<'a> NewestGood<'a> {
    /// Refers to the newest good backup of the same collection.
    pub(crate) fn beside(repository: &'a BackupRepository, backup: &FoundBackup) -> Self {
        Self { repository, collection: backup.collection(), asked: backup.id().clone() }
    }

    /// Returns the hint that names the backup, if there is one and it is not the one that was asked for.
    pub(crate) async fn hint(&self) -> Option<String> {
        let collection = self.collection.as_ref()?;
        let listing = self.repository.list_backups(Some(collection)).await.ok()?;
        let id = Summary::of(&listing).latest(collection).newest_good.filter(|id| *id != self.asked)?;
        Some(format!("the newest good backup is {id}"))
    }

    /// Adds to an error that reports damage that there is a good backup.
    pub(crate) async fn explained(&self, error: Error) -> CommandError {
        let hint = if error.kind() == ErrorKind::Corrupted { self.hint().await } else { None };
        CommandError::new(error, hint)
    }
}
