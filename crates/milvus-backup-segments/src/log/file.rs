//! A log file that was opened: its columns are known, and a small one is in memory.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use milvus_backup_core::{Result, spawn_compute};

use super::guarded::guarded;
use super::layout::{Envelope, FOOTER_END, LogColumn, columns, footer_bytes};
use crate::error::{LogError, damaged};
use crate::frozen::{LogFile, LogStore};

/// Files up to this size are read at once. In tests, files are not as large.
const SMALL: u64 = if cfg!(test) { 1 << 10 } else { 1 << 20 };

/// Bytes that are read from the start of a large file, in which every header fits, and from its end, in which most
/// footers fit.
const HEAD: u64 = if cfg!(test) { 300 } else { 64 << 10 };
const TAIL: u64 = if cfg!(test) { 20 } else { 64 << 10 };

/// A log file that was opened.
#[derive(Debug)]
pub(crate) struct OpenLog {
    pub(crate) file: LogFile,
    pub(crate) envelope: Envelope,
    pub(crate) columns: Vec<LogColumn>,
    store: Arc<dyn LogStore>,
    /// The bytes of a small file.
    complete: Option<Bytes>,
}

impl OpenLog {
    /// Reads the header and the footer of a file.
    pub(crate) async fn open(store: Arc<dyn LogStore>, file: LogFile) -> Result<Self> {
        let size = file.size_bytes;
        let complete = if size <= SMALL { Some(read(&*store, &file, 0..size).await?) } else { None };
        let (head, tail) = match &complete {
            Some(bytes) => (bytes.clone(), bytes.clone()),
            None => futures::try_join!(read(&*store, &file, 0..HEAD), read(&*store, &file, size - TAIL..size))?,
        };
        let of_file = |error: LogError| error.of_file(&file.path);
        let envelope = Envelope::recognise(&head, size).map_err(of_file)?;
        let footer_length = footer_bytes(&tail).map_err(of_file)?;
        let payload = envelope.payload_start()..size;
        let footer_start = size.checked_sub(footer_length as u64).filter(|start| *start >= payload.start);
        let footer_start =
            footer_start.ok_or_else(|| damaged(&file.path, "has a footer that is longer than the file"))?;
        let footer = match tail.len().checked_sub(footer_length) {
            Some(start) => tail.slice(start..),
            None => read(&*store, &file, footer_start..size).await?,
        };
        debug_assert!(footer.len() >= FOOTER_END, "footer_bytes counts them");
        let path = file.path.clone();
        let columns = spawn_compute(move || guarded(&path, || columns(&footer, payload))).await?;
        Ok(Self { file, envelope, columns, store, complete })
    }

    /// Returns the bytes in a range of the file.
    pub(crate) async fn bytes(&self, range: Range<u64>) -> Result<Bytes> {
        let Some(complete) = &self.complete else { return read(&*self.store, &self.file, range).await };
        let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let found = place.filter(|(start, end)| start <= end && *end <= complete.len());
        found.map(|(start, end)| complete.slice(start..end)).ok_or_else(|| damaged(&self.file.path, "ends too early"))
    }
}

/// Reads a range of a file, which must be there as a whole.
async fn read(store: &dyn LogStore, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
    let length = range.end - range.start;
    let bytes = store.read(file, range).await?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged(&file.path, "ends too early")) }
}
