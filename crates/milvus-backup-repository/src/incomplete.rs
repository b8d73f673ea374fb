//! Backups without a commit: in progress, or incomplete because their operation died.

use std::collections::{BTreeMap, HashSet};

use milvus_backup_core::{
    BackupId, BackupPlan, CollectionRef, Error, Hint, IncompleteBackup, InterruptedBackup, OwnerState, Result,
};
use milvus_backup_storage::Directory;

use crate::documents::{ResumeDocument, from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{JOURNAL, METADATA, UNFINISHED};
use crate::process::Process;

/// Records the process that writes a backup and its plan, before anything else is written; or the process that deletes
/// it, without a plan.
pub(crate) async fn note_owner(directory: &Directory, plan: Option<&BackupPlan>) -> Result<()> {
    let document = ResumeDocument::new(Process::current(), plan);
    directory.write_document(UNFINISHED, to_bytes(&document)?).await
}

impl RepositoryHandle {
    /// Records the process that writes a backup and its plan, before anything else is written, so that it can be
    /// resumed.
    ///
    /// # Errors
    /// [`Error::Storage`] if the record cannot be written.
    pub(crate) async fn note_plan(&self, plan: &BackupPlan) -> Result<()> {
        note_owner(&self.backup(&plan.collection, &plan.backup_id), Some(plan)).await
    }

    /// Lists the backups that were started and not committed, including those that are in progress, and those of which
    /// only interrupted uploads are left.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Corrupted`] with the path of a symbolic link.
    pub async fn find_incomplete(&self) -> Result<Vec<IncompleteBackup>> {
        self.require_readable().await?;
        let uploads = self.interrupted_uploads().await?;
        let mut found = Vec::new();
        for directory_name in self.storage().subdirectories("").await? {
            let Some(collection) = CollectionRef::from_directory(&directory_name) else { continue };
            for name in self.storage().subdirectories(&directory_name).await? {
                let Ok(backup_id) = name.parse::<BackupId>() else { continue };
                let directory = self.backup(&collection, &backup_id);
                self.storage().refuse_links(directory.path()).await?;
                let files = directory.list().await?;
                if files.is_empty() && self.storage().is_remote() {
                    // Some services list the prefix of deleted objects for a while.
                    continue;
                }
                if files.iter().all(|(file, _)| file != METADATA) {
                    found.push(IncompleteBackup {
                        collection: collection.clone(),
                        backup_id,
                        files: files.len() as u64,
                        size_bytes: files.iter().map(|(_, size)| size).sum(),
                        owner: owner(&directory).await?,
                    });
                }
            }
        }
        let known: HashSet<BackupId> = found.iter().map(|backup| backup.backup_id.clone()).collect();
        for ((collection, backup_id), files) in uploads {
            // Parts without any object: they are all that is left of the backup.
            if !known.contains(&backup_id) && self.backup(&collection, &backup_id).list().await?.is_empty() {
                let owner = OwnerState::Unknown;
                found.push(IncompleteBackup { collection, backup_id, files, size_bytes: 0, owner });
            }
        }
        Ok(found)
    }

    /// Counts the interrupted uploads of each backup.
    async fn interrupted_uploads(&self) -> Result<BTreeMap<(CollectionRef, BackupId), u64>> {
        let files = match self.storage().open_uploads("").await {
            Err(error @ Error::Storage { permission: true, .. }) => {
                tracing::warn!(error = error.full_message(), "interrupted uploads are not found");
                Vec::new()
            }
            files => files?,
        };
        let mut uploads = BTreeMap::new();
        for file in files {
            let mut segments = file.split('/');
            let collection = segments.next().and_then(CollectionRef::from_directory);
            let backup_id = segments.next().and_then(|name| name.parse::<BackupId>().ok());
            if let Some(backup) = collection.zip(backup_id) {
                *uploads.entry(backup).or_default() += 1;
            }
        }
        Ok(uploads)
    }

    /// Returns the state of an interrupted backup.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], and [`Error::Refused`] for one that is complete, or has no recorded plan.
    pub async fn find_interrupted(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
    ) -> Result<InterruptedBackup> {
        self.require_readable().await?;
        let directory = self.backup(collection, backup_id);
        self.storage().refuse_links(directory.path()).await?;
        let files = directory.list().await?;
        if files.iter().any(|(file, _)| file == METADATA) {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} is complete"),
                hint: Hint::ShowBackup(backup_id.clone()),
            });
        }
        if files.is_empty() {
            return Err(self.not_found(backup_id));
        }
        let noted = match read_document(&directory, UNFINISHED).await? {
            Some(bytes) => from_bytes::<ResumeDocument>(directory.path(), UNFINISHED, &bytes)?.into_plan(),
            None => None,
        };
        let plan = noted.filter(|plan| plan.backup_id == *backup_id && plan.collection == *collection);
        let Some(plan) = plan else {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} cannot be resumed: its parameters were not recorded"),
                hint: Hint::NewBackup,
            });
        };
        let completed_chunks = files.iter().filter(|(file, _)| file.starts_with(JOURNAL)).count() as u64;
        let size_bytes = files.iter().map(|(_, size)| size).sum();
        Ok(InterruptedBackup { plan, completed_chunks, size_bytes })
    }
}

/// Returns the state of the process that writes a backup.
async fn owner(directory: &Directory) -> Result<OwnerState> {
    let Some(bytes) = read_document(directory, UNFINISHED).await? else { return Ok(OwnerState::Unknown) };
    let document = from_bytes::<ResumeDocument>(directory.path(), UNFINISHED, &bytes);
    Ok(document.map_or(OwnerState::Unknown, |document| document.process.state()))
}
