//! The destinations of the hashes of a column: the sums of their rows, or bytes that are hashed again.

/// Accepts the hash of every row of a column, from row 0 upwards without a gap.
pub(super) trait Sink {
    fn put(&mut self, row: usize, hash: u128);
}

/// Adds each hash to the sum of its row.
pub(super) struct Sums<'a>(pub(super) &'a mut [u128]);

impl Sink for Sums<'_> {
    #[inline]
    fn put(&mut self, row: usize, hash: u128) {
        self.0[row] = self.0[row].wrapping_add(hash);
    }
}

/// Keeps the hashes as bytes, [`HASH_BYTES`] each.
pub(super) struct Hashes(pub(super) Vec<u8>);

/// Size of one hash in [`Hashes`], in bytes.
pub(super) const HASH_BYTES: usize = 16;

impl Hashes {
    pub(super) fn with_rows(rows: usize) -> Self {
        Self(Vec::with_capacity(rows * HASH_BYTES))
    }
}

impl Sink for Hashes {
    #[inline]
    fn put(&mut self, _row: usize, hash: u128) {
        self.0.extend_from_slice(&hash.to_le_bytes());
    }
}
