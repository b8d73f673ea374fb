//! The copy of one object: it is read in pieces ahead of the upload, and hashed on the way.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_core::{ChecksumAlgorithm, Result};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{blocking, storage};
use milvus_backup_storage::{AbandonedUploads, Directory, Upload, split};
use object_store::ObjectStoreExt;

/// Minimum number of bytes that are read at a time, except at the end of a file.
const PIECE_BYTES: u64 = 8 << 20;

/// Maximum number of pieces of a file: each is a part of an upload, of which Amazon S3 accepts 10,000 (its quota of
/// parts per upload).
const MAX_PIECES: u64 = 9_000;

/// Number of pieces of a file that are requested ahead of the one that is used.
const PIECES_AHEAD: usize = 2;

/// Copies an object to another directory, and returns the digest of its bytes in lower-case hexadecimal.
///
/// # Errors
/// [`milvus_backup_core::Error::Storage`] of either store; the upload is then aborted.
pub async fn copy_object(
    (source, file): (&Directory, &str),
    size: u64,
    (destination, path): (&Directory, &str),
    algorithm: ChecksumAlgorithm,
    uploads: &AbandonedUploads,
) -> Result<String> {
    let mut upload = destination.upload(path, uploads).await?;
    match send(&mut upload, pieces(source, file, size), Hasher::new(algorithm)).await {
        Ok((_, digest)) => upload.complete().await.map(|()| digest),
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// Reads an object in ascending order of positions, a few pieces ahead. The pieces have the same size, except for the last
/// one.
pub(super) fn pieces(directory: &Directory, file: &str, size: u64) -> BoxStream<'static, Result<Bytes>> {
    let (directory, path) = (directory.clone(), file.to_owned());
    let pieces = stream::iter(split(0..size, piece_bytes(size))).map(move |range| {
        let (directory, path) = (directory.clone(), path.clone());
        async move {
            let object = directory.object(&path)?;
            directory.store().get_range(&object, range).await.map_err(|source| storage("read", &object, source))
        }
    });
    pieces.buffered(PIECES_AHEAD).boxed()
}

/// Sends the content as parts of an upload, and returns its size and digest. Each piece is hashed while it is sent.
pub(super) async fn send(
    upload: &mut Upload,
    mut content: BoxStream<'_, Result<Bytes>>,
    mut hasher: Hasher,
) -> Result<(u64, String)> {
    let mut size = 0;
    while let Some(piece) = content.next().await.transpose()? {
        size += piece.len() as u64;
        let content = piece.clone();
        let digest = blocking(move || {
            hasher.update(&content);
            hasher
        });
        let (sent, digest) = futures::join!(upload.put(piece), digest);
        sent?;
        hasher = digest?;
    }
    Ok((size, hasher.finish_hex()))
}

/// Returns the size of the pieces of a file, a multiple of 1 MiB.
pub(crate) fn piece_bytes(size: u64) -> u64 {
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
