//! [`RepositoryHandle`]: the storage of a repository and the paths in it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use milvus_backup_core::{BackupId, BackupMetadata, CollectionRef, Error, Result};
use milvus_backup_storage::{Directory, Storage};

use crate::documents::MarkerDocument;
use crate::layout::document_limit;

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
}

/// Reads a document of a repository, or returns `None` if there is none. A document that exceeds the size limit of its
/// name is rejected.
pub(crate) async fn read_document(directory: &Directory, file: &str) -> Result<Option<Bytes>> {
    directory.read_document(file, document_limit(file)).await
}
