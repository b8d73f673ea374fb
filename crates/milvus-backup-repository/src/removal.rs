//! Removing backups: committed ones, and what is left of others.

use milvus_backup_core::{BackupId, CollectionRef, Error, Result};
use milvus_backup_storage::Directory;

use crate::handle::RepositoryHandle;
use crate::incomplete::note_owner;
use crate::layout::{METADATA, UNFINISHED};

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

    /// Deletes a backup. Its commit is removed first, so that it is never listed while it is partly deleted. The caller
    /// holds the lease of the collection.
    ///
    /// # Errors
    /// [`BackupNotFound`](milvus_backup_core::Error::BackupNotFound), [`Refused`](milvus_backup_core::Error::Refused) if
    /// it is pinned, [`Storage`](milvus_backup_core::Error::Storage), and [`Corrupted`](milvus_backup_core::Error::Corrupted) with the path of a symbolic link.
    pub async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage().refuse_links(directory.path()).await?;
        if directory.size(METADATA).await?.is_none() {
            return Err(self.not_found(backup_id));
        }
        self.require_unpinned(collection, backup_id).await?;
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
        self.abort_uploads(directory).await?;
        let (owner, files): (Vec<_>, Vec<_>) =
            directory.list().await?.into_iter().map(|(file, _)| file).partition(|file| file == UNFINISHED);
        directory.delete(files).await?;
        // The record of the owner is removed last: as long as any file remains, its owner is known.
        directory.delete(owner).await?;
        self.storage().remove_directory(directory.path()).await
    }

    /// Aborts the interrupted uploads of a backup that no process writes, and removes their temporary files. A user who
    /// may not list uploads leaves them to the expiry rules of the bucket.
    pub(crate) async fn abort_uploads(&self, backup: &Directory) -> Result<()> {
        match self.storage().abort_uploads(backup.path()).await {
            Err(error @ Error::Storage { permission: true, .. }) => {
                tracing::warn!(error = error.full_message(), "interrupted uploads are not removed");
                Ok(())
            }
            aborted => aborted,
        }
    }
}
