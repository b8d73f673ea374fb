//! [`RepositoryHandle`]: the storage of a repository and the paths in it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use milvus_backup_core::{BackupId, BackupMetadata, CollectionRef, Error, Result};
use milvus_backup_storage::{Directory, Storage};

use crate::documents::MarkerDocument;
use crate::layout::{DATA, JOURNAL, METADATA, UNFINISHED, document_limit};

/// A repository: its storage and its layout. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RepositoryHandle {
    storage: Storage,
    /// The marker at the root, once it has been read.
    marker: Arc<OnceLock<MarkerDocument>>,
    /// The marker that the first commit writes if there is none.
    draft: Arc<OnceLock<MarkerDocument>>,
}

impl RepositoryHandle {
    /// Uses the repository at the root of `storage`. Nothing is created until a backup is written.
    pub fn new(storage: Storage) -> Self {
        Self { storage, marker: Arc::default(), draft: Arc::default() }
    }

    /// Returns the storage of the repository.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    pub(crate) fn root(&self) -> Directory {
        self.storage.directory("")
    }

    pub(crate) fn known_marker(&self) -> &OnceLock<MarkerDocument> {
        &self.marker
    }

    pub(crate) fn drafted_marker(&self) -> &OnceLock<MarkerDocument> {
        &self.draft
    }

    /// Returns the directory of one backup, whether or not it exists.
    pub fn backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Directory {
        self.storage.directory(format!("{}/{backup_id}", collection.directory()))
    }

    /// Returns the directory of a backup whose metadata was read.
    ///
    /// # Errors
    /// The errors of [`BackupMetadata::collection`].
    pub fn directory_of(&self, metadata: &BackupMetadata) -> Result<Directory> {
        Ok(self.backup(&metadata.collection()?, &metadata.backup_id))
    }

    pub(crate) fn not_found(&self, backup_id: &BackupId) -> Error {
        Error::BackupNotFound { backup: backup_id.to_string(), path: self.storage.location().to_owned() }
    }

    /// Removes the data of an uncommitted backup. Never changes a committed backup.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Corrupted`] with the path of a symbolic link.
    pub async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage.refuse_links(directory.path()).await?;
        if directory.size(METADATA).await?.is_some() {
            return Ok(());
        }
        self.remove_all(&directory).await
    }

    /// Deletes a backup. Its commit is removed first, so that it is never listed while it is partly deleted.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::Storage`], and [`Error::Corrupted`] with the path of a symbolic link.
    pub async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage.refuse_links(directory.path()).await?;
        if directory.size(METADATA).await?.is_none() {
            return Err(self.not_found(backup_id));
        }
        // If this process is killed, its remains are then known to belong to a dead process. On a full disk this step
        // is skipped.
        if let Err(error) = crate::incomplete::note_owner(&directory, None).await {
            tracing::warn!(error = error.full_message(), "cannot note who deletes the backup");
        }
        directory.delete([METADATA.to_owned()]).await?;
        self.storage.sync(directory.path()).await?;
        self.remove_all(&directory).await
    }

    /// Removes every object of a backup that is not committed, and the directories that held them.
    async fn remove_all(&self, directory: &Directory) -> Result<()> {
        let (owner, files): (Vec<_>, Vec<_>) =
            directory.list().await?.into_iter().map(|(file, _)| file).partition(|file| file == UNFINISHED);
        // The record of the owner is removed last: as long as any file remains, its owner is known.
        directory.delete(files.into_iter().chain(owner)).await?;
        self.storage.remove_directory(directory.path()).await
    }

    /// Removes temporary files of interrupted uploads from the directories of a backup that no process writes.
    pub fn remove_temporary_files(&self, backup: &Directory) {
        for below in ["", DATA, JOURNAL, "indexes"] {
            self.storage.remove_temporary_files(&format!("{}/{below}", backup.path()), Duration::ZERO);
        }
    }
}

/// Reads a document of a repository, or returns `None` if there is none. A document that exceeds the size limit of its
/// name is rejected.
pub(crate) async fn read_document(directory: &Directory, file: &str) -> Result<Option<Bytes>> {
    directory.read_document(file, document_limit(file)).await
}
