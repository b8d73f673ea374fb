//! Buffers for the values of batches, used again once the arrays over them are gone.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_buffer::{Buffer, MutableBuffer};

/// Smaller buffers are not kept.
const MIN_KEPT: usize = 64 << 10;

/// The largest size of all buffers that are kept.
const MAX_KEPT: usize = 24 << 20;

/// Keeps buffers, and returns those that have no other user. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffers {
    kept: Arc<Mutex<Vec<Buffer>>>,
}

impl Buffers {
    /// Returns a buffer for about `expected` bytes.
    pub(crate) fn get(&self, expected: usize) -> ReusedBuffer {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let free = |(_, buffer): &(usize, &Buffer)| buffer.strong_count() == 1 && buffer.capacity() >= expected;
        let smallest = || kept.iter().enumerate().filter(free).min_by_key(|(_, buffer)| buffer.capacity());
        let found = (expected >= MIN_KEPT).then(smallest).flatten().map(|(place, _)| place);
        let reused = found.and_then(|place| kept.swap_remove(place).into_mutable().ok());
        let bytes = reused.unwrap_or_else(|| MutableBuffer::from_len_zeroed(expected));
        ReusedBuffer { bytes, used: 0, pool: self.clone() }
    }

    fn keep(&self, buffer: &Buffer) {
        if buffer.capacity() < MIN_KEPT {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(buffer.clone());
        while kept.iter().map(Buffer::capacity).sum::<usize>() > MAX_KEPT {
            kept.remove(0);
        }
    }
}

/// A buffer that is being filled.
#[derive(Debug)]
pub(crate) struct ReusedBuffer {
    /// Longer than what is used of it, so that it is not cleared each time.
    bytes: MutableBuffer,
    used: usize,
    pool: Buffers,
}

impl ReusedBuffer {
    /// Returns the next bytes of the buffer, whose contents are meaningless.
    pub(crate) fn room(&mut self, length: usize) -> &mut [u8] {
        let end = self.used + length;
        if end > self.bytes.len() {
            self.bytes.resize(end, 0);
        }
        let start = std::mem::replace(&mut self.used, end);
        &mut self.bytes.as_slice_mut()[start..end]
    }

    /// Returns the bytes that were written.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes.as_slice()[..self.used]
    }

    /// Returns the bytes that were written, for an array.
    pub(crate) fn freeze(mut self) -> Buffer {
        self.bytes.truncate(self.used);
        let buffer = Buffer::from(self.bytes);
        self.pool.keep(&buffer);
        buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_its_array_is_gone() {
        let buffers = Buffers::default();
        let filled = |byte: u8| {
            let mut buffer = buffers.get(MIN_KEPT);
            buffer.room(MIN_KEPT).fill(byte);
            buffer.freeze()
        };
        let first = filled(1);
        let address = first.as_ptr();
        let second = filled(2);
        assert_ne!(second.as_ptr(), address, "the first one is in use");
        assert_eq!(first.as_slice()[0], 1);
        drop(first);
        assert_eq!(filled(3).as_ptr(), address);
    }

    #[test]
    fn a_buffer_has_what_was_written_and_grows() {
        let mut buffer = Buffers::default().get(2);
        buffer.room(3).copy_from_slice(b"abc");
        buffer.room(2).copy_from_slice(b"de");
        assert_eq!(buffer.as_slice(), b"abcde");
        assert_eq!(buffer.freeze().as_slice(), b"abcde");
    }
}
