//! The digest of an object, read in large ranges and hashed on blocking threads while the next range is on its way.

use bytes::Bytes;
use milvus_backup_core::{ChecksumAlgorithm, Result};
use milvus_backup_integrity::Hasher;
use object_store::ObjectStoreExt;

use crate::error::{lost_task, storage};
use crate::objects::Directory;

/// Bytes of one range.
const RANGE: u64 = 8 << 20;

/// The digest of the `size` bytes of `file`, lower-case hexadecimal.
pub(crate) async fn digest_object(
    directory: &Directory,
    file: &str,
    size: u64,
    algorithm: ChecksumAlgorithm,
) -> Result<String> {
    let path = directory.object(file)?;
    let mut hasher = Hasher::new(algorithm);
    let mut arrived: Option<Bytes> = None;
    let mut offset = 0;
    while offset < size || arrived.is_some() {
        let end = size.min(offset + RANGE);
        let next = async {
            if offset == end {
                return Ok(None);
            }
            let range = directory.store.get_range(&path, offset..end).await;
            range.map(Some).map_err(|source| storage("read", &path, source))
        };
        let work = tokio::task::spawn_blocking(move || {
            if let Some(bytes) = arrived {
                hasher.update(&bytes);
            }
            hasher
        });
        let (range, state) = futures::join!(next, work);
        hasher = state.map_err(lost_task)?;
        arrived = range?;
        offset = end;
    }
    Ok(hasher.finish_hex())
}
