//! The digest of an object, read in large ranges and hashed on blocking threads while the next range is in flight.

use milvus_backup_core::{ChecksumAlgorithm, Result};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::{blocking, of_disk, storage};
use milvus_backup_storage::{BufferPool, Directory, Window};

/// Size of one range in bytes.
const RANGE: u64 = 8 << 20;

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
    let buffers = BufferPool::new(READ_BYTES);
    let mut arrived = None;
    let mut offset = 0;
    while offset < size || arrived.is_some() {
        let end = size.min(offset + RANGE);
        let next = async {
            if offset == end {
                Ok(None)
            } else {
                Window::get(directory, &path, offset..end, buffers.clone()).await.map(Some)
            }
        };
        let work = blocking(move || {
            let done = arrived.map_or(Ok(()), |window: Window| window.for_each_piece(|piece| hasher.update(piece)));
            done.map(|()| hasher)
        });
        let (range, done) = futures::join!(next, work);
        hasher = done?.map_err(|source| storage("read", &path, of_disk(source)))?;
        arrived = range.map_err(|source| storage("read", &path, source))?;
        offset = end;
    }
    Ok(hasher.finish_hex())
}
