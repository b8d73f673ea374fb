//! Reusable buffers for large amounts of data.
//!
//! A fresh buffer costs a page fault for each 4 KiB of it, which costs more than hashing all bytes of a backup.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_buffer::{ArrowNativeType, ToByteSlice};
use bytes::Bytes;

/// Alignment of addresses, lengths and offsets of direct writes, in bytes: the largest block of common disks (open(2),
/// "`O_DIRECT`").
pub const ALIGNMENT: usize = 4096;

/// A pool of free buffers of one size. Clones share them.
#[derive(Debug, Clone)]
pub struct BufferPool<T = u8> {
    size: usize,
    free: Arc<Mutex<Vec<Vec<T>>>>,
}

impl<T: ArrowNativeType> BufferPool<T> {
    /// Creates a pool of buffers with room for `size` values each.
    pub fn new(size: usize) -> Self {
        Self { size, free: Arc::default() }
    }

    /// Returns the capacity of each buffer, as a number of values.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns an empty buffer, which is a reused one if one is free.
    pub fn get(&self) -> Vec<T> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.size))
    }

    /// Returns values as bytes whose buffer returns to the pool once the last reference is dropped. A buffer that had
    /// to grow is freed instead.
    pub fn freeze(&self, values: Vec<T>) -> Bytes {
        Bytes::from_owner(PooledBuffer { values, pool: self.clone() })
    }
}

/// A buffer in use, which returns to its pool when it is dropped.
#[derive(Debug)]
pub struct PooledBuffer<T: ArrowNativeType> {
    values: Vec<T>,
    pool: BufferPool<T>,
}

impl<T: ArrowNativeType> AsRef<[u8]> for PooledBuffer<T> {
    fn as_ref(&self) -> &[u8] {
        self.values.to_byte_slice()
    }
}

impl<T: ArrowNativeType> Drop for PooledBuffer<T> {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.values);
        if values.capacity() == self.pool.size {
            values.clear();
            self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back_empty() {
        let buffers = BufferPool::new(1000);
        let mut buffer = buffers.get();
        buffer.extend_from_slice(&[1_u8; 10]);
        let bytes = buffers.freeze(buffer);
        let address = bytes.as_ptr();
        drop(bytes.clone());
        assert!(buffers.free.lock().unwrap().is_empty());
        drop(bytes);
        let again = buffers.get();
        assert!(again.is_empty());
        assert_eq!((again.as_ptr(), again.capacity()), (address, 1000));
    }

    #[test]
    fn one_that_grew_does_not_come_back() {
        let buffers = BufferPool::new(10);
        drop(buffers.freeze(vec![0_u8; 2000]));
        assert_eq!(buffers.get().capacity(), 10);
    }
}
