//! [`Window`]: a range of an object, read by positions in the object. It holds the bytes, or a local file that is read
//! on demand.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetResultPayload, ObjectStoreExt};

use crate::directory::Directory;
use crate::pool::BufferPool;

/// A range of an object. A file is read by one thread at a time, because it has a single position.
#[derive(Debug, Clone)]
pub struct Window {
    range: Range<u64>,
    content: Content,
    /// Buffers for the data that is read from a file.
    buffers: BufferPool,
    /// The error of the disk, for [`Window::failure`].
    failure: Arc<Mutex<Option<Error>>>,
}

#[derive(Debug, Clone)]
enum Content {
    Bytes(Bytes),
    File(Arc<File>),
}

impl Window {
    /// Requests the range. A local file is not read yet; later reads use `buffers`.
    ///
    /// # Errors
    /// The errors of the object store.
    pub async fn get(
        directory: &Directory,
        path: &Path,
        range: Range<u64>,
        buffers: BufferPool,
    ) -> object_store::Result<Self> {
        let content = if directory.ranges_ahead() > 1 && length(&range) > directory.range_bytes() {
            Content::Bytes(in_ranges(directory, path, range.clone()).await?)
        } else {
            request(directory, path, range.clone()).await?
        };
        Ok(Self { range, content, buffers, failure: Arc::default() })
    }

    /// Reads the complete window, in pieces of the size of the buffers if it is a file.
    ///
    /// # Errors
    /// Errors of the disk; [`ErrorKind::UnexpectedEof`] if the file is shorter than the window.
    pub fn for_each_piece(&self, mut each: impl FnMut(&[u8])) -> Result<()> {
        let file = match &self.content {
            Content::Bytes(bytes) => {
                each(bytes);
                return Ok(());
            }
            Content::File(file) => file,
        };
        let mut start = self.range.start;
        while start < self.range.end {
            let left = self.range.end - start;
            let length = usize::try_from(left).map_or(self.buffers.size(), |left| left.min(self.buffers.size()));
            let mut piece = self.buffers.get();
            read_exactly(file, start, length, &mut piece)?;
            each(&self.buffers.freeze(piece));
            start += length as u64;
        }
        Ok(())
    }

    /// Returns and clears the error of the disk, if there was one. A range outside of the window is not an error of the
    /// disk.
    pub fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns the position in the object at which the window ends.
    pub fn end(&self) -> u64 {
        self.range.end
    }

    /// Returns a reader of the bytes from `position` of the object to the end of the window.
    pub fn reader(&self, position: u64) -> WindowReader {
        WindowReader { window: self.clone(), position }
    }

    /// Returns `length` bytes of the object, starting at position `start`.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] for a range that is not in the window, and errors of the disk.
    pub fn read(&self, start: u64, length: usize) -> Result<Bytes> {
        let outside = || Error::new(ErrorKind::UnexpectedEof, format!("{length} bytes at {start} are outside"));
        // Checked before memory is allocated: the numbers may be untrusted input.
        let end = start.checked_add(length as u64).filter(|end| *end <= self.range.end).ok_or_else(outside)?;
        let offset = start.checked_sub(self.range.start).ok_or_else(outside)?;
        match &self.content {
            Content::Bytes(bytes) => {
                let [offset, end] = [offset, end - self.range.start].map(usize::try_from);
                let (Ok(offset), Ok(end)) = (offset, end) else { return Err(outside()) };
                if end > bytes.len() {
                    return Err(outside());
                }
                Ok(bytes.slice(offset..end))
            }
            Content::File(file) => {
                let mut bytes = self.buffers.get();
                let read = read_exactly(file, start, length, &mut bytes);
                read.map(|()| self.buffers.freeze(bytes)).inspect_err(|error| self.note(error))
            }
        }
    }
}

/// Requests a range in one request.
async fn request(directory: &Directory, path: &Path, range: Range<u64>) -> object_store::Result<Content> {
    let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
    let found = directory.store().get_opts(path, options).await?;
    Ok(match found.payload {
        GetResultPayload::File(file, _) => Content::File(Arc::new(file)),
        GetResultPayload::Stream(_) => Content::Bytes(found.bytes().await?),
    })
}

/// Requests a range of a store behind a network as several smaller ones, some of them concurrently.
async fn in_ranges(directory: &Directory, path: &Path, range: Range<u64>) -> object_store::Result<Bytes> {
    let mut bytes = BytesMut::with_capacity(usize::try_from(length(&range)).unwrap_or_default());
    let ranges = futures::stream::iter(split(range, directory.range_bytes()));
    let mut pieces = ranges.map(|range| directory.store().get_range(path, range)).buffered(directory.ranges_ahead());
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

fn length(range: &Range<u64>) -> u64 {
    range.end.saturating_sub(range.start)
}

/// Returns the consecutive ranges of at most `bytes` each that a range consists of.
pub fn split(range: Range<u64>, bytes: u64) -> impl Iterator<Item = Range<u64>> {
    let (end, bytes) = (range.end, bytes.max(1));
    let starts = std::iter::successors(Some(range.start), move |start| start.checked_add(bytes));
    starts.take_while(move |start| *start < end).map(move |start| start..end.min(start.saturating_add(bytes)))
}

fn read_exactly(mut file: &File, start: u64, length: usize, into: &mut Vec<u8>) -> Result<()> {
    file.seek(SeekFrom::Start(start))?;
    let read = file.take(length as u64).read_to_end(into)?;
    if read == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

impl Window {
    fn note(&self, error: &Error) {
        // A file that is shorter than expected is damaged.
        if error.kind() != ErrorKind::UnexpectedEof {
            let error = Error::new(error.kind(), error.to_string());
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// Reads the bytes of a window, starting at one position.
#[derive(Debug)]
pub struct WindowReader {
    window: Window,
    position: u64,
}

impl Read for WindowReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.window.range.end.saturating_sub(self.position);
        let length = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        buffer[..length].copy_from_slice(&self.window.read(self.position, length)?);
        self.position += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use object_store::Attributes;
    use object_store::memory::InMemory;

    use super::*;
    use crate::transfer_rules::TransferRules;

    /// Returns a window on the middle of the numbers up to 255, as bytes and as a file.
    fn windows() -> [Window; 2] {
        let all: Vec<u8> = (0..=255).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&all).unwrap();
        let contents = [Content::Bytes(Bytes::from(all).slice(10..200)), Content::File(Arc::new(file))];
        contents.map(|content| Window { range: 10..200, content, buffers: BufferPool::new(7), failure: Arc::default() })
    }

    #[test]
    fn bytes_lie_under_their_place_in_the_object() {
        for window in windows() {
            assert_eq!(window.end(), 200);
            assert_eq!(*window.read(10, 3).unwrap(), [10, 11, 12]);
            assert_eq!(*window.read(199, 1).unwrap(), [199]);
            let mut rest = Vec::new();
            window.reader(190).read_to_end(&mut rest).unwrap();
            assert_eq!(rest, (190..200).collect::<Vec<u8>>());
            let mut pieces = Vec::new();
            window.for_each_piece(|piece| pieces.extend_from_slice(piece)).unwrap();
            assert_eq!(pieces, (10..200).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn a_disk_that_cannot_be_read_is_told_from_a_file_that_is_damaged() {
        let here = std::env::temp_dir();
        let content = Content::File(Arc::new(File::open(here).unwrap()));
        let window = Window { range: 0..10, content, buffers: BufferPool::new(7), failure: Arc::default() };
        assert!(window.read(0, 10).is_err());
        assert!(window.failure().is_some(), "a directory cannot be read");
        let empty = Content::File(Arc::new(tempfile::tempfile().unwrap()));
        let window = Window { range: 0..10, content: empty, buffers: BufferPool::new(7), failure: Arc::default() };
        assert!(window.read(0, 10).is_err() && window.failure().is_none());
    }

    #[tokio::test]
    async fn a_range_of_a_service_is_requested_in_parts() {
        let all: Vec<u8> = (0..=255).collect();
        let rules = TransferRules { range_bytes: 10, ..TransferRules::remote(Attributes::default(), false) };
        let directory = Directory::new(Arc::new(InMemory::new()), "").with_rules(rules);
        directory.write_document("file", Bytes::from(all.clone())).await.unwrap();
        let path = Path::from("file");
        for (start, end) in [(0, 256), (3, 4), (7, 107), (250, 256)] {
            let window = Window::get(&directory, &path, start..end, BufferPool::new(7)).await.unwrap();
            let (first, length) = (usize::try_from(start).unwrap(), usize::try_from(end - start).unwrap());
            assert_eq!(window.read(start, length).unwrap(), all[first..][..length]);
        }
        assert!(Window::get(&directory, &path, 250..300, BufferPool::new(7)).await.is_err());
        assert_eq!(split(5..26, 10).collect::<Vec<_>>(), [5..15, 15..25, 25..26]);
        assert_eq!(split(5..5, 10).count(), 0);
    }

    #[test]
    fn what_is_outside_is_an_error() {
        for window in windows() {
            for (start, length) in [(9, 1), (199, 2), (200, 1), (10, usize::MAX), (u64::MAX, 1), (0, 5)] {
                assert!(window.read(start, length).is_err(), "{length} at {start}: {window:?}");
            }
        }
    }
}
