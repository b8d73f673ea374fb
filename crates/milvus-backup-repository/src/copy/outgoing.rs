//! The source of a copy: which files a backup consists of, and their content.

use bytes::Bytes;
use futures::stream::BoxStream;
use milvus_backup_core::{BackupFiles, BackupId, CollectionRef, Result, StoredFile};
use milvus_backup_storage::error::corrupted;

use super::object::pieces;
use crate::described;
use crate::documents::has_own_layout;
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{CHECKSUMS, METADATA};

impl RepositoryHandle {
    /// Lists the files of a committed backup, after checking the digests of the documents that list them.
    ///
    /// # Errors
    /// The errors of [`RepositoryHandle::open`].
    pub async fn files(&self, collection: &CollectionRef, id: &BackupId) -> Result<BackupFiles> {
        self.require_readable().await?;
        let directory = self.backup(collection, id);
        let (commit, metadata) = self.read_commit(&directory, id).await?.ok_or_else(|| self.not_found(id))?;
        if !has_own_layout(&commit) {
            return Err(corrupted(directory.path(), METADATA, "contents differ from what was written"));
        }
        let Some(checksums) = read_document(&directory, CHECKSUMS).await? else {
            return Err(corrupted(directory.path(), CHECKSUMS, "missing"));
        };
        described::files(directory.path(), commit, &metadata, &checksums)
    }

    /// Reads a file of a backup in ascending order of positions, a few pieces ahead. The pieces have the same size, except
    /// for the last one.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`], as the last item of the stream.
    pub fn read_file(&self, backup: &BackupFiles, file: &StoredFile) -> BoxStream<'static, Result<Bytes>> {
        let directory = self.backup(&backup.collection, &backup.backup_id);
        pieces(&directory, &file.path, file.size_bytes)
    }
}
