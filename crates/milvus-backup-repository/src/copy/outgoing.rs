//! The source of a copy: which files a backup consists of, and their content.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_core::{BackupFiles, BackupId, CollectionRef, Result, StoredFile};
use milvus_backup_storage::error::{corrupted, storage};
use milvus_backup_storage::split;
use object_store::ObjectStoreExt;

use crate::catalogue::read_checksums;
use crate::documents::has_own_layout;
use crate::handle::RepositoryHandle;
use crate::layout::{CHECKSUMS, METADATA};

/// Minimum number of bytes that are read at a time, except at the end of a file.
const PIECE_BYTES: u64 = 8 << 20;

/// Maximum number of pieces of a file: each is a part of an upload, of which Amazon S3 accepts 10,000 (its quota of
/// parts per upload).
const MAX_PIECES: u64 = 9_000;

/// Number of pieces of a file that are requested ahead of the one that is used.
const PIECES_AHEAD: usize = 2;

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
        let checksums = read_checksums(&directory, &metadata).await?;
        let size_bytes = directory.size(CHECKSUMS).await?.unwrap_or_default();
        let itself = StoredFile { path: CHECKSUMS.to_owned(), size_bytes, checksum: metadata.checksum };
        let covered = checksums.files.into_iter().map(|(path, entry)| StoredFile {
            path,
            size_bytes: entry.size_bytes,
            checksum: entry.checksum,
        });
        let mut files: Vec<_> = covered.chain([itself]).collect();
        files.sort();
        let (collection, backup_id) = (collection.clone(), id.clone());
        Ok(BackupFiles { collection, backup_id, algorithm: metadata.checksum_algorithm, files, commit })
    }

    /// Reads a file of a backup in ascending order of positions, a few pieces ahead. The pieces have the same size, except
    /// for the last one.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`], as the last item of the stream.
    pub fn read_file(&self, backup: &BackupFiles, file: &StoredFile) -> BoxStream<'static, Result<Bytes>> {
        let directory = self.backup(&backup.collection, &backup.backup_id);
        let (path, size) = (file.path.clone(), file.size_bytes);
        let piece = piece_bytes(size);
        let pieces = stream::iter(split(0..size, piece)).map(move |range| {
            let (directory, path) = (directory.clone(), path.clone());
            async move {
                let object = directory.object(&path)?;
                directory.store().get_range(&object, range).await.map_err(|source| storage("read", &object, source))
            }
        });
        pieces.buffered(PIECES_AHEAD).boxed()
    }
}

/// Returns the size of the pieces of a file, a multiple of 1 MiB.
fn piece_bytes(size: u64) -> u64 {
    const MEBIBYTE: u64 = 1 << 20;
    PIECE_BYTES.max(size.div_ceil(MAX_PIECES).next_multiple_of(MEBIBYTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_fewer_pieces_than_an_upload_may_have_parts() {
        assert_eq!(piece_bytes(0), 8 << 20);
        assert_eq!(piece_bytes(70 << 30), 8 << 20);
        let largest: u64 = 5 << 40;
        assert!(largest.div_ceil(piece_bytes(largest)) <= MAX_PIECES);
    }
}
