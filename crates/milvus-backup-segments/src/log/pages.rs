//! The pages of a column, read from the file in order and some ahead of their decoding.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use milvus_backup_core::Result;
use milvus_backup_core::schema::FieldSchema;

use super::expected::require_type;
use super::file::OpenLog;
use super::layout::{Chunk, LogColumn};
use super::page::StoredPage;
use super::page_header::{PageHeader, PageKind};
use crate::error::{LogError, damaged};

/// Bytes that are read at once. Tests read their small files in many parts as well.
const WINDOW: u64 = if cfg!(test) { 100 } else { 8 << 20 };

/// Bytes that are added to the start of a header: most headers fit.
const HEADER_ROOM: usize = if cfg!(test) { 5 } else { 16 << 10 };

/// Reads the pages of one column.
#[derive(Debug)]
pub(crate) struct PageSource {
    log: Arc<OpenLog>,
    /// The number of the column in the file.
    column: usize,
    /// The number of the chunk that is being read.
    chunk: usize,
    /// The position in the file after the bytes that were read.
    position: u64,
    /// Rows of the chunk whose pages were read.
    rows_read: usize,
    /// Bytes that were read, and are not part of a page yet.
    window: Bytes,
    /// The bytes after the window that were read.
    after: Bytes,
    /// Pages that were read and not taken.
    pages: VecDeque<StoredPage>,
    /// Rows of these pages.
    queued: usize,
}

impl PageSource {
    pub(crate) fn new(log: Arc<OpenLog>, column: usize) -> Self {
        let position = log.columns[column].chunks.first().map_or(0, |chunk| chunk.range.start);
        Self {
            log,
            column,
            chunk: 0,
            position,
            rows_read: 0,
            window: Bytes::new(),
            after: Bytes::new(),
            pages: VecDeque::new(),
            queued: 0,
        }
    }

    pub(crate) fn column(&self) -> &LogColumn {
        &self.log.columns[self.column]
    }

    /// Checks that the column has the values of a field.
    pub(crate) fn require_type(&self, field: &FieldSchema) -> Result<()> {
        let said = self.log.envelope.header().map(|header| header.data_type);
        require_type(field, self.column(), said).map_err(|error| error.of_file(self.path()))
    }

    pub(crate) fn path(&self) -> &str {
        &self.log.file.path
    }

    /// Reads on until the pages that were not taken have at least this number of rows, or the column ends.
    pub(crate) async fn queue(&mut self, rows: usize) -> Result<()> {
        while self.queued < rows {
            let Some(page) = self.next_page().await? else { return Ok(()) };
            self.queued += page.rows();
            self.pages.push_back(page);
        }
        Ok(())
    }

    /// Returns the numbers of rows after which a page ends, counted from the first page that was not taken.
    pub(crate) fn page_ends(&self) -> impl Iterator<Item = usize> {
        self.pages.iter().scan(0, |rows, page| {
            *rows += page.rows();
            Some(*rows)
        })
    }

    /// Returns the first pages that have at least this number of rows, and the number of rows that they have.
    pub(crate) fn take(&mut self, rows: usize) -> (VecDeque<StoredPage>, usize) {
        let (mut taken, mut found) = (VecDeque::new(), 0);
        while found < rows
            && let Some(page) = self.pages.pop_front()
        {
            found += page.rows();
            taken.push_back(page);
        }
        self.queued -= found;
        (taken, found)
    }

    async fn next_page(&mut self) -> Result<Option<StoredPage>> {
        loop {
            let Some(chunk) = self.column().chunks.get(self.chunk).cloned() else { return Ok(None) };
            if self.window.is_empty() && self.after.is_empty() && self.position == chunk.range.end {
                self.finish_chunk(&chunk)?;
                continue;
            }
            let of_file = |error: LogError| error.of_file(self.path());
            let Some((header, header_bytes)) = PageHeader::read(&self.window).map_err(of_file)? else {
                self.extend(&chunk, self.window.len() + 1).await?;
                continue;
            };
            let needed = header_bytes + header.stored_bytes;
            if needed > self.window.len() {
                self.extend(&chunk, needed).await?;
                continue;
            }
            let mut page = self.window.split_to(needed);
            let page = StoredPage { header, body: page.split_off(header_bytes) };
            if page.header.kind != PageKind::Dictionary {
                self.rows_read += page.rows();
            }
            if self.rows_read > chunk.rows {
                return Err(damaged(self.path(), "has more rows than it says"));
            }
            return Ok(Some(page));
        }
    }

    /// Reads on until the window has at least this number of bytes. Only the page that two reads share is copied.
    async fn extend(&mut self, chunk: &Chunk, needed: usize) -> Result<()> {
        while self.window.len() < needed {
            if self.after.is_empty() {
                let missing = (needed - self.window.len()) as u64;
                let left = chunk.range.end - self.position;
                if missing > left {
                    return Err(damaged(self.path(), "has a page that is longer than its column"));
                }
                let end = self.position + left.min(missing.max(WINDOW));
                self.after = self.log.bytes(self.position..end).await?;
                self.position = end;
            }
            if self.window.is_empty() {
                self.window = std::mem::take(&mut self.after);
                continue;
            }
            let wanted = needed.max(self.window.len() + HEADER_ROOM) - self.window.len();
            let part = self.after.split_to(wanted.min(self.after.len()));
            let mut joined = BytesMut::with_capacity(self.window.len() + part.len());
            joined.extend_from_slice(&self.window);
            joined.extend_from_slice(&part);
            self.window = joined.freeze();
        }
        Ok(())
    }

    fn finish_chunk(&mut self, chunk: &Chunk) -> Result<()> {
        if self.rows_read != chunk.rows {
            return Err(damaged(self.path(), "has fewer rows than it says"));
        }
        self.chunk += 1;
        self.rows_read = 0;
        if let Some(next) = self.column().chunks.get(self.chunk) {
            self.position = next.range.start;
        }
        Ok(())
    }
}
