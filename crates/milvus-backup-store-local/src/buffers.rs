//! Buffers that are used again.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, which for all the bytes of a backup is more than hashing them.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_buffer::{ArrowNativeType, ToByteSlice};
use bytes::Bytes;

/// What addresses, lengths and offsets of direct writes are multiples of: the largest block of common disks (open(2),
/// "`O_DIRECT`").
pub(crate) const ALIGNMENT: usize = 4096;

/// Buffers of one size that nobody uses at the moment. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Buffers<T = u8> {
    size: usize,
    free: Arc<Mutex<Vec<Vec<T>>>>,
}

impl<T: ArrowNativeType> Buffers<T> {
    /// Buffers with room for `size` values.
    pub(crate) fn new(size: usize) -> Self {
        Self { size, free: Arc::default() }
    }

    /// Values that there is room for in each.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// An empty buffer.
    pub(crate) fn take(&self) -> Vec<T> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.size))
    }

    /// The bytes of values whose buffer comes back when nobody has them any more. One that had to grow does not.
    pub(crate) fn lend(&self, values: Vec<T>) -> Bytes {
        Bytes::from_owner(Lent { values, home: self.clone() })
    }
}

/// A buffer in use.
struct Lent<T: ArrowNativeType> {
    values: Vec<T>,
    home: Buffers<T>,
}

impl<T: ArrowNativeType> AsRef<[u8]> for Lent<T> {
    fn as_ref(&self) -> &[u8] {
        self.values.to_byte_slice()
    }
}

impl<T: ArrowNativeType> Drop for Lent<T> {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.values);
        if values.capacity() == self.home.size {
            values.clear();
            self.home.free.lock().unwrap_or_else(PoisonError::into_inner).push(values);
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
        buffer.extend_from_slice(&[1_u8; 10]);
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
        drop(buffers.lend(vec![0_u8; 2000]));
        assert_eq!(buffers.take().capacity(), 10);
    }
}
