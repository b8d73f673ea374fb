//! [`Members`]: the files in an archive, one after the other.

use bytes::Bytes;
use milvus_backup_core::Result;

use super::block::{Block, long_name, parse};
use super::head::{BLOCK_BYTES, padding};
use super::source::Source;

/// Maximum number of zero bytes after the end of an archive: tools fill the last record, of up to 1 MiB.
const MAX_FILLING_BYTES: usize = 1 << 20;

/// Number of bytes that are read at a time where they are not kept.
const SKIPPED_BYTES: usize = 64 << 10;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) path: String,
    pub(super) size: u64,
}

/// The members of an archive, and how much of the current one is still to be read.
#[derive(Debug)]
pub(super) struct Members {
    source: Source,
    /// Number of bytes of the content that were not read.
    left: u64,
    /// Number of zero bytes after the content.
    padding: usize,
}

impl Members {
    pub(super) fn new(source: Source) -> Self {
        Self { source, left: 0, padding: 0 }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the next file, after skipping what was not read of the one before it. `None` is the end, after which nothing
    /// follows.
    pub(super) async fn next(&mut self) -> Result<Option<Member>> {
        self.finish_member().await?;
        let mut name = None;
        loop {
            let block = self.source.read(BLOCK_BYTES).await?;
            match parse(&block).map_err(|message| self.source.damaged(message))? {
                Block::Zero if name.is_some() => return Err(self.source.damaged("a name has no file")),
                Block::Zero => return self.require_end().await.map(|()| None),
                Block::LongName(_) if name.is_some() => return Err(self.source.damaged("a file has two names")),
                Block::LongName(size) => {
                    let content = self.source.read(usize::try_from(size).unwrap_or_default()).await?;
                    self.skip_padding(padding(size)).await?;
                    name = Some(long_name(&content).map_err(|message| self.source.damaged(message))?);
                }
                Block::File { path, size } => {
                    (self.left, self.padding) = (size, padding(size));
                    return Ok(Some(Member { path: name.unwrap_or(path), size }));
                }
            }
        }
    }

    /// Reads the next bytes of the content, this number unless fewer are left; none at its end.
    pub(super) async fn piece(&mut self, bytes: usize) -> Result<Bytes> {
        let wanted = usize::try_from(self.left).map_or(bytes, |left| left.min(bytes));
        let piece = self.source.read(wanted).await?;
        self.left -= piece.len() as u64;
        Ok(piece)
    }

    async fn finish_member(&mut self) -> Result<()> {
        while self.left > 0 {
            self.piece(SKIPPED_BYTES).await?;
        }
        let padding = std::mem::take(&mut self.padding);
        self.skip_padding(padding).await
    }

    async fn skip_padding(&mut self, bytes: usize) -> Result<()> {
        let padding = self.source.read(bytes).await?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(self.source.damaged("there is data between two files"));
        }
        Ok(())
    }

    /// Reads the rest of the stream, which must be the second block of the end, and zeros.
    async fn require_end(&mut self) -> Result<()> {
        let second = self.source.read(BLOCK_BYTES).await?;
        let (mut next, mut bytes) = (second, 0);
        while !next.is_empty() {
            bytes += next.len();
            if bytes > BLOCK_BYTES + MAX_FILLING_BYTES || next.iter().any(|byte| *byte != 0) {
                return Err(self.source.damaged("there is data after its end"));
            }
            next = self.source.up_to(SKIPPED_BYTES).await?;
        }
        Ok(())
    }
}
