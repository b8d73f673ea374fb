//! The destination of a copy: files are written and compared with their digests, and the commit is created last.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{BackupFiles, Error, Hint, IncomingCopy, Result, StoredFile};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{corrupted, is_conflict};
use milvus_backup_storage::{AbandonedUploads, Directory};

use super::object::send;
use crate::handle::{RepositoryHandle, read_document};
use crate::incomplete::note_owner;
use crate::layout::{METADATA, UNFINISHED, is_inside};
use crate::stored_sizes::require_stored;
use crate::verify::digest_object;

/// Number of files whose digests are recomputed concurrently.
const HASHERS: usize = 2;

/// A copy on its way into a repository.
#[derive(Debug)]
struct Copying {
    repository: RepositoryHandle,
    directory: Directory,
    backup: BackupFiles,
    uploads: AbandonedUploads,
}

impl RepositoryHandle {
    /// Returns whether the repository holds an equal backup.
    ///
    /// # Errors
    /// [`Error::Refused`] if a different backup has the identifier, [`Error::Corrupted`] with the path of a symbolic link,
    /// and [`Error::Storage`].
    pub async fn holds(&self, backup: &BackupFiles) -> Result<bool> {
        self.require_readable().await?;
        let directory = self.backup(&backup.collection, &backup.backup_id);
        self.storage().refuse_links(directory.path()).await?;
        match read_document(&directory, METADATA).await? {
            None => Ok(false),
            Some(present) if present == backup.commit => Ok(true),
            Some(_) => Err(self.another(backup)),
        }
    }

    /// Starts to receive a backup of another repository. The caller holds the lease of the collection.
    ///
    /// # Errors
    /// [`Error::Corrupted`] for a file that would be written outside of the directory of the backup, and
    /// [`Error::Storage`].
    pub async fn receive(&self, backup: &BackupFiles) -> Result<Box<dyn IncomingCopy>> {
        let directory = self.backup(&backup.collection, &backup.backup_id);
        self.storage().refuse_links(directory.path()).await?;
        if let Some(file) = backup.files.iter().find(|file| !is_inside(&file.path) || file.path == METADATA) {
            let message = format!("it names `{}`", file.path.escape_default());
            return Err(corrupted(directory.path(), METADATA, message));
        }
        note_owner(&directory, None).await?;
        self.abort_uploads(&directory).await?;
        let uploads = AbandonedUploads::default();
        Ok(Box::new(Copying { repository: self.clone(), directory, backup: backup.clone(), uploads }))
    }

    /// Returns the error for a different backup that has the same identifier.
    fn another(&self, backup: &BackupFiles) -> Error {
        Error::Refused {
            reason: format!("`{}` has a different backup {}", self.storage().location(), backup.backup_id),
            hint: Hint::ShowBackup(backup.backup_id.clone()),
        }
    }
}

#[async_trait]
impl IncomingCopy for Copying {
    async fn complete_files(&self) -> Result<Vec<StoredFile>> {
        let recorded: BTreeMap<&str, &StoredFile> =
            self.backup.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let found = self.directory.list().await?;
        let (candidates, others): (Vec<_>, Vec<_>) = found
            .into_iter()
            .filter(|(path, _)| path != UNFINISHED)
            .partition(|(path, size)| recorded.get(path.as_str()).is_some_and(|file| file.size_bytes == *size));
        self.directory.delete(others.into_iter().map(|(path, _)| path)).await?;
        let candidates = candidates.into_iter().filter_map(|(path, _)| recorded.get(path.as_str()).copied());
        let digests = candidates.map(|file| async move {
            let algorithm = self.backup.algorithm;
            let digest = digest_object(&self.directory, &file.path, file.size_bytes, algorithm).await?;
            Ok::<_, Error>((digest == file.checksum).then(|| file.clone()))
        });
        let complete = futures::stream::iter(digests.collect::<Vec<_>>()).buffer_unordered(HASHERS);
        complete.try_filter_map(|file| async move { Ok(file) }).try_collect().await
    }

    async fn write(&self, file: &StoredFile, content: BoxStream<'_, Result<Bytes>>) -> Result<()> {
        let mut upload = self.directory.upload(&file.path, &self.uploads).await?;
        let sent = send(&mut upload, content, Hasher::new(self.backup.algorithm)).await;
        match sent.and_then(|digest| self.require_equal(file, &digest)) {
            Ok(()) => upload.complete().await,
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let written = self.backup.files.iter().map(|file| (file.path.as_str(), file.size_bytes));
        require_stored(&self.directory, written).await?;
        self.repository.create_marker().await?;
        match self.directory.create_document(METADATA, self.backup.commit.clone()).await {
            Err(error) if is_conflict(&error) => return Err(self.repository.another(&self.backup)),
            outcome => drop(outcome?),
        }
        // The note was needed only until the commit. Its remains do no harm.
        if let Err(error) = self.directory.delete([UNFINISHED.to_owned()]).await {
            tracing::warn!(error = error.full_message(), "cannot remove the note of a copy that is complete");
        }
        Ok(())
    }
}

impl Copying {
    /// Checks what was read against the record, so that a damaged file is never completed.
    fn require_equal(&self, file: &StoredFile, (size, digest): &(u64, String)) -> Result<()> {
        if *size == file.size_bytes && *digest == file.checksum {
            return Ok(());
        }
        let message = format!(
            "{size} bytes with digest {digest} were read, but {} bytes with {} are recorded",
            file.size_bytes, file.checksum
        );
        Err(corrupted(&self.backup.backup_id, &file.path, message))
    }
}
