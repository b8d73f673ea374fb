//! The digest of one file, computed in constant memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use milvus_backup_core::ChecksumAlgorithm;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::hasher::Hasher;

/// Number of bytes that are read at a time.
pub(crate) const BUFFER_BYTES: usize = 1 << 20;

pub(crate) fn file_checksum(algorithm: ChecksumAlgorithm, path: &Path, buffer: &mut Vec<u8>) -> Result<Checksum> {
    let mut file = File::open(path).map_err(|source| path_error("open", path, source))?;
    let mut hasher = Hasher::new(algorithm);
    buffer.resize(BUFFER_BYTES, 0);
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => return Err(path_error("read", path, source)),
        }
    }
}

/// Returns [`Error::NotFound`] if the path does not exist, otherwise [`Error::Io`].
pub(crate) fn path_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    if source.kind() == io::ErrorKind::NotFound { Error::NotFound { path } } else { Error::Io { action, path, source } }
}
