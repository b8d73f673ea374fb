//! The digest of an object, read in large ranges and hashed on blocking threads while the next ranges are in flight.

use std::pin::pin;

use futures::{Stream, StreamExt};
use milvus_backup_core::{ChecksumAlgorithm, Error, Result};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{blocking, of_disk, storage};
use milvus_backup_storage::{BufferPool, Directory, Window, split};
use object_store::path::Path;

/// Number of bytes of a file that are read at a time: they are still in the processor cache when they are hashed.
const READ_BYTES: usize = 256 << 10;

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
    let mut hasher = Hasher::new(algorithm);
    let mut windows = pin!(windows(directory, &path, size));
    let mut arrived = None;
    loop {
        let work = blocking(move || {
            let done = arrived.map_or(Ok(()), |window: Window| window.for_each_piece(|piece| hasher.update(piece)));
            done.map(|()| hasher)
        });
        let (next, done) = futures::join!(windows.next(), work);
        hasher = done?.map_err(|source| storage("read", &path, of_disk(source)))?;
        let Some(window) = next else { return Ok(hasher.finish_hex()) };
        arrived = Some(window?);
    }
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
