//! A pool of buffers for messages with rows.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, and freeing it fragments the memory of the process, which
//! then appears to grow.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Minimum size of a message for a pooled buffer, in bytes: most calls have no rows.
const MIN_BYTES: usize = 256 << 10;

/// Capacity in bytes that every buffer for a page of rows has, so that buffers are interchangeable.
const PAGE_BYTES: usize = 8 << 20;

/// Maximum number of free buffers that are kept.
const MAX_FREE: usize = 16;

/// The free buffers. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct BufferPool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl BufferPool {
    /// Returns an empty buffer with a capacity of at least this many bytes.
    pub(super) fn get(&self, bytes: usize) -> Vec<u8> {
        if bytes < MIN_BYTES {
            return Vec::with_capacity(bytes);
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        match free.iter().position(|buffer| buffer.capacity() >= bytes) {
            Some(fitting) => free.swap_remove(fitting),
            None => Vec::with_capacity(bytes.max(PAGE_BYTES)),
        }
    }

    /// Returns bytes whose buffer returns to the pool when the last reference to them is dropped.
    pub(super) fn share(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(PooledBuffer { bytes, pool: self.clone() })
    }

    /// Keeps the buffer for reuse, unless it is larger than pages need: such buffers are rare, and would be kept for
    /// small pages.
    fn give_back(&self, mut bytes: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if (MIN_BYTES..=2 * PAGE_BYTES).contains(&bytes.capacity()) && free.len() < MAX_FREE {
            bytes.clear();
            free.push(bytes);
        }
    }
}

/// A buffer in use.
struct PooledBuffer {
    bytes: Vec<u8>,
    pool: BufferPool,
}

impl AsRef<[u8]> for PooledBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_reused_once_its_bytes_are_dropped() {
        let pool = BufferPool::default();
        let mut buffer = pool.get(MIN_BYTES);
        buffer.resize(MIN_BYTES, 7);
        let place = buffer.as_ptr();
        let bytes = pool.share(buffer);
        let part = bytes.slice(9..);
        drop(bytes);
        let other = pool.get(MIN_BYTES);
        assert_ne!(other.as_ptr(), place);
        drop(part);
        let again = pool.get(MIN_BYTES);
        assert!(again.as_ptr() == place && again.is_empty());
        assert!(pool.get(100).capacity() < MIN_BYTES);
    }
}
