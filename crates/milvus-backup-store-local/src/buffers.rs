//! Buffers that are used again.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, which for all the bytes of a backup is more than hashing them.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// What addresses, lengths and offsets of direct writes are multiples of: the largest block of common disks (open(2),
/// "`O_DIRECT`").
pub(crate) const ALIGNMENT: usize = 4096;

/// Buffers of one size that nobody uses at the moment. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Buffers {
    size: usize,
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Buffers {
    /// Buffers with room for `size` bytes.
    pub(crate) fn new(size: usize) -> Self {
        Self { size, free: Arc::default() }
    }

    /// Bytes that there is room for in each.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// An empty buffer.
    pub(crate) fn take(&self) -> Vec<u8> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.size))
    }

    /// Bytes whose buffer comes back when nobody has them any more. One that had to grow does not.
    pub(crate) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { bytes, home: self.clone() })
    }
}

/// A buffer in use.
struct Lent {
    bytes: Vec<u8>,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() == self.home.size {
            bytes.clear();
            self.home.free.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back_empty() {
        let buffers = Buffers::new(1000);
        let mut buffer = buffers.take();
        buffer.extend_from_slice(&[1; 10]);
        let bytes = buffers.lend(buffer);
        let address = bytes.as_ptr();
        drop(bytes.clone());
        assert!(buffers.free.lock().unwrap().is_empty());
        drop(bytes);
        let again = buffers.take();
        assert!(again.is_empty());
        assert_eq!((again.as_ptr(), again.capacity()), (address, 1000));
    }

    #[test]
    fn one_that_grew_does_not_come_back() {
        let buffers = Buffers::new(10);
        drop(buffers.lend(vec![0; 2000]));
        assert_eq!(buffers.take().capacity(), 10);
    }
}
