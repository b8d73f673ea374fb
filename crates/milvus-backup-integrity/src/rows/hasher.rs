//! The digest of a record batch, computed column by column.

use std::collections::HashSet;

use arrow_array::{Array, RecordBatch};
use xxhash_rust::xxh3::xxh3_128;

use super::digest::RowDigest;
use super::sink::Sums;
use super::value::hash_values;
use crate::error::{Error, Result};

/// Digests batches one after the other in the same memory: 16 bytes per row of the largest batch.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch};
/// use milvus_backup_integrity::{RowDigest, RowHasher};
///
/// let mut hasher = RowHasher::new();
/// let mut chunk = RowDigest::default();
/// for ids in [vec![1, 2], vec![3]] {
///     let ids = Arc::new(Int64Array::from(ids)) as ArrayRef;
///     chunk.merge(&hasher.digest(&RecordBatch::try_from_iter([("id", ids)])?)?);
/// }
/// assert_eq!(chunk.rows(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct RowHasher {
    /// For each row of the current batch, the sum over the columns processed so far.
    sums: Vec<u128>,
}

impl RowHasher {
    /// Creates a hasher without allocating memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the digest of the rows of `batch`, independent of earlier batches.
    ///
    /// # Errors
    /// [`Error::UnsupportedType`] and [`Error::DuplicateColumn`], with the name of the column.
    pub fn digest(&mut self, batch: &RecordBatch) -> Result<RowDigest> {
        let schema = batch.schema_ref();
        refuse_duplicates(schema.fields().iter().map(|field| field.name().as_str()))?;
        self.sums.clear();
        self.sums.resize(batch.num_rows(), 0);
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            hash_values(field.name(), column.as_ref() as &dyn Array, 0, &mut Sums(&mut self.sums))?;
        }
        let sum = self.sums.iter().fold(0_u128, |sum, row| sum.wrapping_add(xxh3_128(&row.to_le_bytes())));
        Ok(RowDigest::new(sum, self.sums.len() as u64))
    }
}

/// Rejects duplicate names: two columns of one name would share a seed, and swapping their values would go undetected.
pub(super) fn refuse_duplicates<'a>(names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::DuplicateColumn { column: name.to_owned() });
        }
    }
    Ok(())
}
