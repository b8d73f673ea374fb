//! The digest of an object, hashed on blocking threads while the next bytes are in flight.

use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use milvus_backup_core::{ChecksumAlgorithm, Error, Result};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{blocking, of_disk, storage};
use milvus_backup_storage::{BufferPool, Directory, Window, split};
use object_store::GetOptions;
use object_store::path::Path;

/// Number of bytes of a file that are read at a time: they are still in the processor cache when they are hashed.
const READ_BYTES: usize = 256 << 10;

/// Number of bytes that are requested of a service at once.
const RANGE_BYTES: u64 = 64 << 20;

/// Maximum number of pieces that are hashed at once.
const PIECES: usize = 256;

/// Reads and hashes the `size` bytes of `file`, and returns the digest in lower-case hexadecimal.
///
/// # Errors
/// [`Error::Storage`](milvus_backup_core::Error) if the object cannot be read.
pub async fn digest_object(
    directory: &Directory,
    file: &str,
    size: u64,
    algorithm: ChecksumAlgorithm,
) -> Result<String> {
    let path = directory.object(file)?;
    let hasher = Hasher::new(algorithm);
    if directory.ranges_ahead() == 1 {
        digest_windows(directory, &path, size, hasher).await
    } else {
        digest_pieces(directory, &path, size, hasher).await
    }
}

/// Hashes a local file.
async fn digest_windows(directory: &Directory, path: &Path, size: u64, mut hasher: Hasher) -> Result<String> {
    let mut windows = pin!(windows(directory, path, size));
    let mut arrived = None;
    loop {
        let work = blocking(move || {
            let done = arrived.map_or(Ok(()), |window: Window| window.for_each_piece(|piece| hasher.update(piece)));
            done.map(|()| hasher)
        });
        let (next, done) = futures::join!(windows.next(), work);
        hasher = done?.map_err(|source| storage("read", path, of_disk(source)))?;
        let Some(window) = next else { return Ok(hasher.finish_hex()) };
        arrived = Some(window?);
    }
}

/// Hashes an object of a service as it arrives, without putting its pieces together.
async fn digest_pieces(directory: &Directory, path: &Path, size: u64, mut hasher: Hasher) -> Result<String> {
    let mut pieces = pin!(pieces(directory, path, size).try_ready_chunks(PIECES));
    let mut arrived: Vec<Bytes> = Vec::new();
    loop {
        let work = blocking(move || {
            for piece in &arrived {
                hasher.update(piece);
            }
            hasher
        });
        let (next, done) = futures::join!(pieces.next(), work);
        hasher = done?;
        let Some(batch) = next else { return Ok(hasher.finish_hex()) };
        arrived = batch.map_err(|interrupted| storage("read", path, interrupted.1))?;
    }
}

/// Returns the bytes of an object in ascending order, in pieces as they arrive. While the bytes of a range arrive, the next
/// range is requested already: the connection holds what is not taken yet.
fn pieces(directory: &Directory, path: &Path, size: u64) -> impl Stream<Item = object_store::Result<Bytes>> {
    let requests = split(0..size, RANGE_BYTES).map(move |range| {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        async move { directory.store().get_opts(path, options).await.map(object_store::GetResult::into_stream) }
    });
    futures::stream::iter(requests).buffered(2).try_flatten()
}

/// Returns the windows of an object in ascending order. Some are requested in advance, by separate tasks, so that they
/// arrive while earlier ones are hashed.
fn windows(directory: &Directory, path: &Path, size: u64) -> impl Stream<Item = Result<Window>> {
    let buffers = BufferPool::new(READ_BYTES);
    let ranges = split(0..size, directory.range_bytes()).map(move |range| {
        let (directory, path, buffers) = (directory.clone(), path.clone(), buffers.clone());
        tokio::spawn(async move {
            let window = Window::get(&directory, &path, range, buffers).await;
            window.map_err(|source| storage("read", &path, source))
        })
    });
    let ahead = directory.ranges_ahead();
    futures::stream::iter(ranges).buffered(ahead).map(|window| {
        let lost = |source| Error::Internal { action: "finish a background task".to_owned(), source: Box::new(source) };
        window.map_err(lost).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use milvus_backup_storage::Storage;
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn both_ways_to_read_an_object_have_the_same_digest() {
        let directory = Storage::from_store(Arc::new(InMemory::new()), "memory").directory("items");
        for size in [0, 1, 9 << 20] {
            let bytes: Vec<u8> = (0..size).map(|number| u8::try_from(number % 251).unwrap_or_default()).collect();
            directory.write_document("file", Bytes::from(bytes)).await.unwrap();
            let (path, hasher) = (directory.object("file").unwrap(), || Hasher::new(ChecksumAlgorithm::Sha256));
            let windows = digest_windows(&directory, &path, size, hasher()).await.unwrap();
            assert_eq!(digest_pieces(&directory, &path, size, hasher()).await.unwrap(), windows, "{size} bytes");
        }
    }
}
