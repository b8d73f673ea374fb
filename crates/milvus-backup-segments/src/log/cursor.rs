//! A cursor over bytes that checks every length.

use crate::error::LogError;

/// Reads little-endian values from the front of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    /// The complete bytes are kept for the position.
    total: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, total: bytes.len() }
    }

    /// Returns the number of bytes that were read.
    pub(crate) fn position(&self) -> usize {
        self.total - self.bytes.len()
    }

    /// Returns the number of bytes that were not read.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the next bytes.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], LogError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(LogError::ended)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// Returns the next bytes as an array.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], LogError> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or_else(LogError::ended)?;
        self.bytes = rest;
        Ok(*taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, LogError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, LogError> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, LogError> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, LogError> {
        self.array().map(u64::from_le_bytes)
    }
}
