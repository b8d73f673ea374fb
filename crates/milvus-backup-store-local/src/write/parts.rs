//! The bytes of data files, in parts of the size of uploads.

use std::io::Write;

use bytes::Bytes;
use milvus_backup_core::ChecksumAlgorithm;
use milvus_backup_integrity::Hasher;

use milvus_backup_storage::{ALIGNMENT, BufferPool};

/// Size of the first parts of an upload to an object store, in bytes. S3 accepts at least 5 MiB and at most 10,000 parts.
const OBJECT_PART_BYTES: usize = 8 << 20;

/// Number of parts of an object after which their size doubles, up to [`MAX_DOUBLINGS`] times: an object of 5 TiB, the
/// largest one that S3 accepts, has fewer than 10,000 parts. One of up to 6.25 GiB has equal parts, which some services
/// require.
const PARTS_OF_A_SIZE: usize = 800;

/// Number of times that the size of parts doubles.
const MAX_DOUBLINGS: usize = 7;

/// Size of one part of a local file, in bytes: it is still in the processor cache when it is written.
const FILE_PART_BYTES: usize = 1 << 20;

/// Buffers for parts of one size, whose addresses are aligned for direct writes.
#[derive(Debug, Clone)]
pub(super) struct PartBuffers {
    part_bytes: usize,
    grows: bool,
    buffers: BufferPool,
}

impl PartBuffers {
    /// Creates the buffers for local files.
    pub(super) fn of_files() -> Self {
        Self::new(FILE_PART_BYTES, false)
    }

    /// Creates the buffers for uploads to an object store.
    pub(super) fn of_objects() -> Self {
        Self::new(OBJECT_PART_BYTES, true)
    }

    fn new(part_bytes: usize, grows: bool) -> Self {
        Self { part_bytes, grows, buffers: BufferPool::new(part_bytes + ALIGNMENT) }
    }

    /// Returns the size of the part after the first `number` ones, in bytes.
    fn bytes_of(&self, number: usize) -> usize {
        let doublings = if self.grows { (number / PARTS_OF_A_SIZE).min(MAX_DOUBLINGS) } else { 0 };
        self.part_bytes << doublings
    }

    fn open(&self) -> OpenPart {
        let mut bytes = self.buffers.get();
        // If the alignment cannot be determined, the part is merely unaligned.
        let start = Some(bytes.as_ptr().align_offset(ALIGNMENT)).filter(|start| *start < ALIGNMENT).unwrap_or(0);
        bytes.resize(start, 0);
        OpenPart { bytes, start }
    }

    fn close(&self, part: OpenPart) -> Bytes {
        self.buffers.freeze(part.bytes).slice(part.start..)
    }
}

/// A part that is being filled, with its offset in its buffer.
#[derive(Debug)]
struct OpenPart {
    bytes: Vec<u8>,
    start: usize,
}

/// Appends the bytes of a file, hashes them while they are in the processor cache, and returns them in parts.
#[derive(Debug)]
pub(super) struct Parts {
    buffers: PartBuffers,
    hasher: Hasher,
    full: Vec<Bytes>,
    open: Option<OpenPart>,
    /// The number of parts that were filled.
    filled: usize,
}

impl Parts {
    pub(super) fn new(buffers: PartBuffers, algorithm: ChecksumAlgorithm) -> Self {
        Self { buffers, hasher: Hasher::new(algorithm), full: Vec::new(), open: None, filled: 0 }
    }

    /// Returns the digest of all bytes so far, in lower-case hexadecimal.
    pub(super) fn digest(&self) -> String {
        self.hasher.clone().finish_hex()
    }

    /// Removes and returns the parts that are full.
    pub(super) fn take_full(&mut self) -> Vec<Bytes> {
        std::mem::take(&mut self.full)
    }

    /// Removes and returns all remaining bytes. The last part may be smaller.
    pub(super) fn take_all(&mut self) -> Vec<Bytes> {
        let last = self.open.take().map(|part| self.buffers.close(part));
        self.full.extend(last);
        self.take_full()
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut open = self.open.take().unwrap_or_else(|| self.buffers.open());
        let room = open.start + self.buffers.bytes_of(self.filled) - open.bytes.len();
        let taken = bytes.len().min(room);
        open.bytes.extend_from_slice(&bytes[..taken]);
        self.hasher.update(&bytes[..taken]);
        if taken == room {
            self.full.push(self.buffers.close(open));
            self.filled += 1;
        } else {
            self.open = Some(open);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_object_fits_into_the_parts_that_a_service_accepts() {
        let objects = PartBuffers::of_objects();
        let total: u64 = (0..10_000).map(|number| objects.bytes_of(number) as u64).sum();
        assert!(total >= 5 << 40, "{total}");
        assert_eq!(objects.bytes_of(799), OBJECT_PART_BYTES);
        assert_eq!(PartBuffers::of_files().bytes_of(9_999), FILE_PART_BYTES);
    }

    #[test]
    fn parts_that_grow_hold_all_bytes() {
        let buffers = PartBuffers { part_bytes: 2, grows: true, buffers: BufferPool::new(ALIGNMENT + 2) };
        let mut parts = Parts::new(buffers, ChecksumAlgorithm::Sha256);
        let written: Vec<u8> = (0..=255).cycle().take(2 * PARTS_OF_A_SIZE + 9).collect();
        parts.write_all(&written).unwrap();
        let all = parts.take_all();
        let sizes: Vec<usize> = all[PARTS_OF_A_SIZE - 1..].iter().map(Bytes::len).collect();
        assert_eq!(sizes, [2, 4, 4, 1]);
        assert_eq!(all.concat(), written);
    }

    #[test]
    fn parts_are_full_and_in_order() {
        let written: Vec<u8> = (0..=255).cycle().take(2 * FILE_PART_BYTES + 3).collect();
        let mut parts = Parts::new(PartBuffers::of_files(), ChecksumAlgorithm::Sha256);
        parts.write_all(&written).unwrap();
        let full = parts.take_full();
        assert_eq!(full.iter().map(Bytes::len).collect::<Vec<_>>(), [FILE_PART_BYTES, FILE_PART_BYTES]);
        assert!(full.iter().all(|part| part.as_ptr().align_offset(ALIGNMENT) == 0));
        assert!(parts.take_full().is_empty());
        let all = [full, parts.take_all()].concat();
        assert!(all.concat() == written);
        assert!(parts.take_all().is_empty());
        let mut hasher = Hasher::new(ChecksumAlgorithm::Sha256);
        hasher.update(&written);
        assert_eq!(parts.digest(), hasher.finish_hex());
    }
}
