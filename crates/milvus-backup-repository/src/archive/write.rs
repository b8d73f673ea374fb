//! A backup as the bytes of an archive.

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{BackupFiles, Error, Result, StoredFile};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{blocking, corrupted};

use super::head::{BLOCK_BYTES, head, padding};
use crate::documents::metadata_from_bytes;
use crate::handle::RepositoryHandle;
use crate::layout::{CHECKSUMS, METADATA};

/// Returns the bytes of the archive of a backup: its summary, the document that names its files, and these files. They are
/// the same whenever the archive is written.
pub(crate) fn write(repository: &RepositoryHandle, backup: &BackupFiles) -> BoxStream<'static, Result<Bytes>> {
    let modified = match metadata_from_bytes(backup.backup_id.as_str(), &backup.commit) {
        Ok(metadata) => u64::try_from(metadata.created_at.as_second()).unwrap_or_default(),
        Err(error) => return stream::once(async { Err(error) }).boxed(),
    };
    let path = |file: &str| format!("{}/{file}", backup.backup_id);
    let commit = backup.commit.clone();
    let mut members =
        vec![member(&path(METADATA), commit.len() as u64, modified, stream::once(async { Ok(commit) }).boxed())];
    let (documents, others): (Vec<_>, Vec<_>) = backup.files.iter().partition(|file| file.path == CHECKSUMS);
    for file in documents.into_iter().chain(others) {
        let content = checked(repository.read_file(backup, file), backup, file);
        members.push(member(&path(&file.path), file.size_bytes, modified, content));
    }
    let end = Bytes::from(vec![0; 2 * BLOCK_BYTES]);
    stream::iter(members).flatten().chain(stream::once(async { Ok(end) })).boxed()
}

/// Returns a member with its header and its padding.
fn member(
    path: &str,
    size: u64,
    modified: u64,
    content: BoxStream<'static, Result<Bytes>>,
) -> BoxStream<'static, Result<Bytes>> {
    let head = match head(path, size, modified) {
        Ok(head) => Bytes::from(head),
        Err(error) => return stream::once(async { Err(error) }).boxed(),
    };
    let padding = Bytes::from(vec![0; padding(size)]);
    let filled = stream::iter((!padding.is_empty()).then_some(Ok(padding)));
    stream::once(async { Ok(head) }).chain(content).chain(filled).boxed()
}

/// Compares a file with its record while it is read: the error comes before the bytes that follow it in the archive.
fn checked(
    content: BoxStream<'static, Result<Bytes>>,
    backup: &BackupFiles,
    file: &StoredFile,
) -> BoxStream<'static, Result<Bytes>> {
    let check =
        Check { hasher: Hasher::new(backup.algorithm), size: 0, id: backup.backup_id.to_string(), file: file.clone() };
    let state = Some((content, check));
    let pieces = stream::try_unfold(state, |state| async move {
        let Some((mut content, check)) = state else { return Ok(None) };
        match content.next().await.transpose()? {
            Some(piece) => {
                let check = check.with(piece.clone()).await?;
                Ok::<_, Error>(Some((piece, Some((content, check)))))
            }
            None => check.finish().map(|()| None),
        }
    });
    pieces.into_stream().boxed()
}

/// What was read of a file so far.
struct Check {
    hasher: Hasher,
    size: u64,
    id: String,
    file: StoredFile,
}

impl Check {
    async fn with(mut self, piece: Bytes) -> Result<Self> {
        blocking(move || {
            self.size += piece.len() as u64;
            self.hasher.update(&piece);
            self
        })
        .await
    }

    fn finish(self) -> Result<()> {
        let Self { hasher, size, id, file } = self;
        let digest = hasher.finish_hex();
        if size == file.size_bytes && digest == file.checksum {
            return Ok(());
        }
        let message = format!(
            "{size} bytes with digest {digest} were read, but {} bytes with {} are recorded",
            file.size_bytes, file.checksum
        );
        Err(corrupted(id, &file.path, message))
    }
}
