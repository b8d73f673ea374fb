//! The digest of an object, read in large ranges and hashed on blocking threads while the next range is on its way.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use milvus_backup_core::{ChecksumAlgorithm, Result};
use milvus_backup_integrity::Hasher;
use object_store::path::Path;
use object_store::{GetOptions, GetResultPayload};

use crate::error::{lost_task, storage};
use crate::objects::Directory;

/// Bytes of one range.
const RANGE: u64 = 8 << 20;

/// Bytes of a file that are read at a time: what was read is still in the cache of the processor when it is hashed.
const READ_BYTES: usize = 256 << 10;

/// The digest of the `size` bytes of `file`, lower-case hexadecimal.
pub(crate) async fn digest_object(
    directory: &Directory,
    file: &str,
    size: u64,
    algorithm: ChecksumAlgorithm,
) -> Result<String> {
    let path = directory.object(file)?;
    let mut hasher = Hasher::new(algorithm);
    let mut arrived = None;
    let mut offset = 0;
    while offset < size || arrived.is_some() {
        let end = size.min(offset + RANGE);
        let next = async {
            if offset == end { Ok(None) } else { Content::get(directory, &path, offset..end).await.map(Some) }
        };
        let work = tokio::task::spawn_blocking(move || {
            let done = arrived.map_or(Ok(()), |content: Content| content.hash(&mut hasher));
            done.map(|()| hasher)
        });
        let (range, done) = futures::join!(next, work);
        hasher = done.map_err(lost_task)?.map_err(|source| storage("read", &path, unreadable(source)))?;
        arrived = range.map_err(|source| storage("read", &path, source))?;
        offset = end;
    }
    Ok(hasher.finish_hex())
}

/// A range of an object.
enum Content {
    Bytes(Bytes),
    /// Of a file on a disk of this machine, not read yet.
    File(File, Range<u64>),
}

impl Content {
    async fn get(directory: &Directory, path: &Path, range: Range<u64>) -> object_store::Result<Self> {
        let options = GetOptions { range: Some(range.clone().into()), ..GetOptions::default() };
        let found = directory.store.get_opts(path, options).await?;
        if let GetResultPayload::File(file, _) = found.payload {
            return Ok(Self::File(file, range));
        }
        found.bytes().await.map(Self::Bytes)
    }

    fn hash(self, hasher: &mut Hasher) -> std::io::Result<()> {
        match self {
            Self::Bytes(bytes) => hasher.update(&bytes),
            Self::File(mut file, range) => {
                file.seek(SeekFrom::Start(range.start))?;
                let mut buffer = vec![0; READ_BYTES];
                let mut rest = range.end - range.start;
                while rest > 0 {
                    let part = usize::try_from(rest).map_or(READ_BYTES, |rest| rest.min(READ_BYTES));
                    file.read_exact(&mut buffer[..part])?;
                    hasher.update(&buffer[..part]);
                    rest -= part as u64;
                }
            }
        }
        Ok(())
    }
}

fn unreadable(source: std::io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "file", source: Box::new(source) }
}
