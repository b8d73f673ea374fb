//! The digest value: its addition and its text form.

use std::fmt;

use arrow_array::RecordBatch;

use super::hasher::RowHasher;
use crate::error::{Error, Result};

/// The version of the algorithm behind [`RowDigest`].
pub const ROW_DIGEST_VERSION: u32 = 1;

/// A digest over a multiset of rows, together with their number.
///
/// Two digests are equal if both the value and the number of rows are equal. The default is the digest of no rows:
/// value 0.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use milvus_backup_integrity::RowDigest;
///
/// let names = Arc::new(StringArray::from(vec![Some("a"), None, Some("")])) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([("name", names)])?;
///
/// let mut whole = RowDigest::default();
/// whole.update(&batch)?;
/// let mut parts = RowDigest::default();
/// parts.update(&batch.slice(2, 1))?;
/// parts.update(&batch.slice(0, 2))?;
/// assert_eq!(whole, parts);
/// assert_eq!(RowDigest::from_hex(&whole.to_hex(), 3)?, whole);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc = include_str!("specification.md")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RowDigest {
    sum: u128,
    rows: u64,
}

impl RowDigest {
    pub(super) fn new(sum: u128, rows: u64) -> Self {
        Self { sum, rows }
    }

    /// Adds the rows of `batch`. For many batches, use a [`RowHasher`], which reuses its memory.
    ///
    /// # Errors
    /// [`Error::UnsupportedType`] and [`Error::DuplicateColumn`]; the digest is then unchanged.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        self.merge(&RowHasher::new().digest(batch)?);
        Ok(())
    }

    /// Adds the rows of `other`. The order and grouping of merges do not affect the result.
    pub fn merge(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.rows = self.rows.wrapping_add(other.rows);
    }

    /// Returns the number of rows that were added.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the digest in 32 lower-case hexadecimal digits, without the number of rows.
    pub fn to_hex(&self) -> String {
        format!("{:032x}", self.sum)
    }

    /// Parses the digest of `rows` rows from 32 hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`Error::MalformedRowDigest`] if the text is not such a digest.
    pub fn from_hex(text: &str, rows: u64) -> Result<Self> {
        let malformed = || Error::MalformedRowDigest { text: text.to_owned() };
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let sum = u128::from_str_radix(text, 16).map_err(|_| malformed())?;
        Ok(Self { sum, rows })
    }
}

impl fmt::Debug for RowDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowDigest({:032x}, {} rows)", self.sum, self.rows)
    }
}

impl std::iter::Sum for RowDigest {
    fn sum<I: Iterator<Item = Self>>(digests: I) -> Self {
        digests.fold(Self::default(), |mut total, digest| {
            total.merge(&digest);
            total
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_32_hexadecimal_digits_are_a_digest() {
        let text = "00000000000000000000000000000aBc";
        assert_eq!(RowDigest::from_hex(text, 1).unwrap().to_hex(), text.to_lowercase());
        for text in ["", "abc", &"0".repeat(33), &"g".repeat(32), "+0000000000000000000000000000abc"] {
            assert!(matches!(RowDigest::from_hex(text, 1), Err(Error::MalformedRowDigest { .. })), "{text}");
        }
    }
}
