//! Removing backups: committed ones, and what is left of others.

use milvus_backup_core::{BackupId, CollectionRef, Result};
use milvus_backup_storage::Directory;

use crate::handle::RepositoryHandle;
use crate::incomplete::note_owner;
use crate::layout::{DATA, JOURNAL, METADATA, UNFINISHED};

impl RepositoryHandle {
    /// Removes the data of an uncommitted backup. Never changes a committed backup.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage), and [`Corrupted`](milvus_backup_core::Error::Corrupted) with the path of a symbolic link.
    pub async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage().refuse_links(directory.path()).await?;
        if directory.size(METADATA).await?.is_some() {
            return Ok(());
        }
        self.remove_all(&directory).await
    }

    /// Deletes a backup. Its commit is removed first, so that it is never listed while it is partly deleted.
    ///
    /// # Errors
    /// [`BackupNotFound`](milvus_backup_core::Error::BackupNotFound), [`Storage`](milvus_backup_core::Error::Storage), and [`Corrupted`](milvus_backup_core::Error::Corrupted) with the path of a symbolic link.
    pub async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage().refuse_links(directory.path()).await?;
        if directory.size(METADATA).await?.is_none() {
            return Err(self.not_found(backup_id));
        }
        // If this process is killed, its remains are then known to belong to a dead process. On a full disk this step
        // is skipped.
        if let Err(error) = note_owner(&directory, None).await {
            tracing::warn!(error = error.full_message(), "cannot note who deletes the backup");
        }
        directory.delete([METADATA.to_owned()]).await?;
        self.storage().sync(directory.path()).await?;
        self.remove_all(&directory).await
    }

    /// Removes every object of a backup that is not committed, and the directories that held them.
    async fn remove_all(&self, directory: &Directory) -> Result<()> {
        let (owner, files): (Vec<_>, Vec<_>) =
            directory.list().await?.into_iter().map(|(file, _)| file).partition(|file| file == UNFINISHED);
        // The record of the owner is removed last: as long as any file remains, its owner is known.
        directory.delete(files.into_iter().chain(owner)).await?;
        self.storage().remove_directory(directory.path()).await
    }

    /// Removes temporary files of interrupted uploads from the directories of a backup that no process writes.
    pub fn remove_temporary_files(&self, backup: &Directory) {
        for below in ["", DATA, JOURNAL, "indexes"] {
            self.storage().remove_temporary_files(&format!("{}/{below}", backup.path()), None);
        }
    }
}
