//! The digest of an asynchronous byte stream, without a runtime.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use futures_io::AsyncRead;
use milvus_backup_core::ChecksumAlgorithm;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::hasher::Hasher;

/// Number of bytes that are hashed between two polls, small enough not to block the executor.
const BUFFER_BYTES: usize = 64 << 10;

pub(crate) async fn reader_checksum<R: AsyncRead + Unpin>(
    algorithm: ChecksumAlgorithm,
    mut reader: R,
) -> Result<Checksum> {
    let mut hasher = Hasher::new(algorithm);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match poll_fn(|context| Pin::new(&mut reader).poll_read(context, &mut buffer)).await {
            Ok(0) => return Ok(hasher.finish()),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => return Err(Error::Read { source }),
        }
    }
}
