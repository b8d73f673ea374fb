//! The bytes of data files, in parts of the size of uploads.

use std::io::Write;

use bytes::Bytes;
use milvus_backup_core::ChecksumAlgorithm;
use milvus_backup_integrity::Hasher;

use milvus_backup_storage::{ALIGNMENT, BufferPool};

/// Size of one part of an upload to an object store, in bytes. S3 accepts at least 5 MiB and at most 10,000 parts.
const OBJECT_PART_BYTES: usize = 8 << 20;

/// Size of one part of a local file, in bytes: it is still in the processor cache when it is written.
const FILE_PART_BYTES: usize = 1 << 20;

/// Buffers for parts of one size, whose addresses are aligned for direct writes.
#[derive(Debug, Clone)]
pub(super) struct PartBuffers {
    part_bytes: usize,
    buffers: BufferPool,
}

impl PartBuffers {
    /// Creates the buffers for local files.
    pub(super) fn of_files() -> Self {
        Self::new(FILE_PART_BYTES)
    }

    /// Creates the buffers for uploads to an object store.
    pub(super) fn of_objects() -> Self {
        Self::new(OBJECT_PART_BYTES)
    }

    fn new(part_bytes: usize) -> Self {
        Self { part_bytes, buffers: BufferPool::new(part_bytes + ALIGNMENT) }
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
}

impl Parts {
    pub(super) fn new(buffers: PartBuffers, algorithm: ChecksumAlgorithm) -> Self {
        Self { buffers, hasher: Hasher::new(algorithm), full: Vec::new(), open: None }
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
        let room = open.start + self.buffers.part_bytes - open.bytes.len();
        let taken = bytes.len().min(room);
        open.bytes.extend_from_slice(&bytes[..taken]);
        self.hasher.update(&bytes[..taken]);
        if taken == room {
            self.full.push(self.buffers.close(open));
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
