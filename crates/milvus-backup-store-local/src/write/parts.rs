//! The bytes of data files, in parts of the size that uploads take, whose buffers are used again.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, which for all the bytes of a backup is more than hashing them.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use milvus_backup_core::ChecksumAlgorithm;
use milvus_backup_integrity::Hasher;

/// Size of one part of an upload to an object store. S3 takes at least 5 MiB and at most 10,000 parts.
const OBJECT_PART_BYTES: usize = 8 << 20;

/// Size of one part of a file: it is still in the cache of the processor when it is written.
const FILE_PART_BYTES: usize = 1 << 20;

/// Buffers for parts that nobody uses at the moment. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct PartBuffers {
    part_bytes: usize,
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl PartBuffers {
    /// For files of this machine.
    pub(super) fn for_files() -> Self {
        Self { part_bytes: FILE_PART_BYTES, free: Arc::default() }
    }

    /// For uploads to a service.
    pub(super) fn for_objects() -> Self {
        Self { part_bytes: OBJECT_PART_BYTES, free: Arc::default() }
    }

    /// Size of one part.
    pub(super) fn part_bytes(&self) -> usize {
        self.part_bytes
    }

    fn take(&self) -> Vec<u8> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.part_bytes))
    }

    /// Bytes whose buffer comes back when nobody has them any more.
    fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { bytes, home: self.clone() })
    }
}

/// A buffer in use.
struct Lent {
    bytes: Vec<u8>,
    home: PartBuffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.home.free.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

/// Takes in the bytes of a file, hashes them while they are in the cache of the processor, and gives them out in parts.
#[derive(Debug)]
pub(super) struct Parts {
    buffers: PartBuffers,
    hasher: Hasher,
    full: Vec<Bytes>,
    open: Option<Vec<u8>>,
}

impl Parts {
    pub(super) fn new(buffers: PartBuffers, algorithm: ChecksumAlgorithm) -> Self {
        Self { buffers, hasher: Hasher::new(algorithm), full: Vec::new(), open: None }
    }

    /// The digest of all bytes so far, lower-case hexadecimal.
    pub(super) fn digest(&self) -> String {
        self.hasher.clone().finish_hex()
    }

    /// The parts that are full, which are not given out again.
    pub(super) fn take_full(&mut self) -> Vec<Bytes> {
        std::mem::take(&mut self.full)
    }

    /// All that was not given out yet. The last part may be smaller.
    pub(super) fn take_all(&mut self) -> Vec<Bytes> {
        let last = self.open.take().map(|bytes| self.buffers.lend(bytes));
        self.full.extend(last);
        self.take_full()
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut open = self.open.take().unwrap_or_else(|| self.buffers.take());
        let taken = bytes.len().min(self.buffers.part_bytes - open.len());
        open.extend_from_slice(&bytes[..taken]);
        self.hasher.update(&bytes[..taken]);
        if open.len() == self.buffers.part_bytes {
            self.full.push(self.buffers.lend(open));
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
        let mut parts = Parts::new(PartBuffers::for_files(), ChecksumAlgorithm::Sha256);
        parts.write_all(&written).unwrap();
        let full = parts.take_full();
        assert_eq!(full.iter().map(Bytes::len).collect::<Vec<_>>(), [FILE_PART_BYTES, FILE_PART_BYTES]);
        assert!(parts.take_full().is_empty());
        let all = [full, parts.take_all()].concat();
        assert!(all.concat() == written);
        assert!(parts.take_all().is_empty());
        let mut hasher = Hasher::new(ChecksumAlgorithm::Sha256);
        hasher.update(&written);
        assert_eq!(parts.digest(), hasher.finish_hex());
    }

    #[test]
    fn buffers_come_back_empty() {
        let buffers = PartBuffers::for_files();
        let mut parts = Parts::new(buffers.clone(), ChecksumAlgorithm::Sha256);
        parts.write_all(&[1; 10]).unwrap();
        let bytes = parts.take_all();
        let address = bytes[0].as_ptr();
        drop(bytes.clone());
        assert!(buffers.free.lock().unwrap().is_empty());
        drop(bytes);
        let again = buffers.take();
        assert!(again.is_empty());
        assert_eq!(again.as_ptr(), address);
        assert_eq!(again.capacity(), FILE_PART_BYTES);
    }
}
