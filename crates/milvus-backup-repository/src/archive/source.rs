//! [`Source`]: the bytes of an archive, in portions of the size that their reader needs.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::{Error, Result};

/// A stream of bytes that is read once.
pub(super) struct Source {
    name: String,
    stream: BoxStream<'static, Result<Bytes>>,
    /// Bytes that were received, and not read yet.
    held: Bytes,
}

impl Source {
    pub(super) fn new(name: &str, stream: BoxStream<'static, Result<Bytes>>) -> Self {
        Self { name: name.to_owned(), stream, held: Bytes::new() }
    }

    /// Returns the error for damage of the archive.
    pub(super) fn damaged(&self, message: impl Into<String>) -> Error {
        Error::ArchiveDamaged { archive: self.name.clone(), message: message.into() }
    }

    /// Reads exactly this number of bytes. Memory is taken as they arrive.
    ///
    /// # Errors
    /// [`Error::ArchiveDamaged`] if the archive ends before.
    pub(super) async fn read(&mut self, bytes: usize) -> Result<Bytes> {
        let first = self.up_to(bytes).await?;
        if first.len() == bytes {
            return Ok(first);
        }
        let mut read = BytesMut::from(first);
        while read.len() < bytes {
            let more = self.up_to(bytes - read.len()).await?;
            if more.is_empty() {
                return Err(self.damaged("it ends early"));
            }
            read.extend_from_slice(&more);
        }
        Ok(read.freeze())
    }

    /// Reads the bytes that are at hand, and at most this number. No bytes are the end of the stream.
    pub(super) async fn up_to(&mut self, bytes: usize) -> Result<Bytes> {
        while self.held.is_empty() {
            match self.stream.next().await.transpose()? {
                Some(next) => self.held = next,
                None => return Ok(Bytes::new()),
            }
        }
        Ok(self.held.split_to(bytes.min(self.held.len())))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}
