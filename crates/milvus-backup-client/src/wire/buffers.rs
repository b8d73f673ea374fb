//! The buffers of messages with rows, which are used again.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, and one that is given back leaves holes in the memory of the
//! process, which then looks as if it grew.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Messages below this size get a buffer of their own: most calls have no rows.
const MIN_BYTES: usize = 256 << 10;

/// Room that every buffer for a page of rows has, so that one is as good as the other.
const PAGE_BYTES: usize = 8 << 20;

/// Buffers that are kept while nobody uses them.
const MAX_FREE: usize = 16;

/// Buffers that nobody uses at the moment. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageBuffers {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl MessageBuffers {
    /// An empty buffer with room for so many bytes.
    pub(super) fn take(&self, bytes: usize) -> Vec<u8> {
        if bytes < MIN_BYTES {
            return Vec::with_capacity(bytes);
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        match free.iter().position(|buffer| buffer.capacity() >= bytes) {
            Some(fitting) => free.swap_remove(fitting),
            None => Vec::with_capacity(bytes.max(PAGE_BYTES)),
        }
    }

    /// Bytes whose buffer comes back when nobody has them any more.
    pub(super) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { bytes, home: self.clone() })
    }

    /// Larger buffers than pages take are not kept: there are few, and they would be kept for small pages.
    fn give_back(&self, mut bytes: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if (MIN_BYTES..=2 * PAGE_BYTES).contains(&bytes.capacity()) && free.len() < MAX_FREE {
            bytes.clear();
            free.push(bytes);
        }
    }
}

/// A buffer in use.
struct Lent {
    bytes: Vec<u8>,
    home: MessageBuffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.give_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_nobody_has_its_bytes() {
        let buffers = MessageBuffers::default();
        let mut buffer = buffers.take(MIN_BYTES);
        buffer.resize(MIN_BYTES, 7);
        let place = buffer.as_ptr();
        let bytes = buffers.lend(buffer);
        let part = bytes.slice(9..);
        drop(bytes);
        let other = buffers.take(MIN_BYTES);
        assert_ne!(other.as_ptr(), place);
        drop(part);
        let again = buffers.take(MIN_BYTES);
        assert!(again.as_ptr() == place && again.is_empty());
        assert!(buffers.take(100).capacity() < MIN_BYTES);
    }
}
