//! Hashes of primary keys, by which rows and deletes are matched: of numbers without loss, of texts with 128 bits.

use std::fmt::Debug;

use milvus_backup_core::schema::DataType;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::error::LogError;
use crate::log::{Collected, DeletedKey, Values, slices};

/// The hash of a primary key. Hashes are distributed evenly, and ordered.
pub(super) trait KeyHash: Copy + Ord + Debug + Send + Sync + 'static {
    /// The smallest and the greatest hash.
    const MIN: Self;
    const MAX: Self;
    /// The data type of the keys.
    const KEY_TYPE: DataType;

    /// Returns the hashes of collected keys, in the order of their rows.
    fn of_rows(keys: &Collected, seed: u64) -> Result<Vec<Self>, LogError>;

    /// Returns the hash of the key of a delete.
    fn of_delete(key: &DeletedKey<'_>, seed: u64) -> Result<Self, LogError>;

    /// Returns the hash in the middle between two.
    fn middle(low: Self, high: Self) -> Self;

    /// Returns the next greater hash; `None` after the greatest.
    fn successor(self) -> Option<Self>;
}

/// The hash of a number, which no other number has.
impl KeyHash for u64 {
    const MIN: Self = Self::MIN;
    const MAX: Self = Self::MAX;
    const KEY_TYPE: DataType = DataType::Int64;

    fn of_rows(keys: &Collected, _: u64) -> Result<Vec<Self>, LogError> {
        let Values::Fixed { bytes, .. } = &keys.values else { return Err(other_type()) };
        let (keys, _) = bytes.as_slice().as_chunks();
        Ok(keys.iter().map(|key| mix(Self::from_le_bytes(*key))).collect())
    }

    fn of_delete(key: &DeletedKey<'_>, _: u64) -> Result<Self, LogError> {
        match key {
            DeletedKey::Int64(key) => Ok(mix(key.cast_unsigned())),
            DeletedKey::VarChar(_) => Err(other_type()),
        }
    }

    fn middle(low: Self, high: Self) -> Self {
        low.midpoint(high)
    }

    fn successor(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// The hash of a text. With an unpredictable seed, two keys of a collection have the same hash with a
/// probability that is not worth a comparison.
impl KeyHash for u128 {
    const MIN: Self = Self::MIN;
    const MAX: Self = Self::MAX;
    const KEY_TYPE: DataType = DataType::VarChar;

    fn of_rows(keys: &Collected, seed: u64) -> Result<Vec<Self>, LogError> {
        let Values::Variable { ends, bytes } = &keys.values else { return Err(other_type()) };
        Ok(slices(ends, bytes.as_slice()).map(|key| xxh3_128_with_seed(key, seed)).collect())
    }

    fn of_delete(key: &DeletedKey<'_>, seed: u64) -> Result<Self, LogError> {
        match key {
            DeletedKey::VarChar(key) => Ok(xxh3_128_with_seed(key.as_bytes(), seed)),
            DeletedKey::Int64(_) => Err(other_type()),
        }
    }

    fn middle(low: Self, high: Self) -> Self {
        low.midpoint(high)
    }

    fn successor(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Distributes numbers evenly. Each step can be reversed, so that different numbers stay different.
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    number = (number ^ (number >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ (number >> 33)
}

fn other_type() -> LogError {
    LogError::damaged("has keys of another type than the collection")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Buffers;

    #[test]
    fn numbers_stay_different_and_are_spread() {
        let mut hashes: Vec<u64> = (0..10_000).map(mix).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 10_000);
        let upper = hashes.iter().filter(|hash| **hash > u64::MAX / 2).count();
        assert!((4_800..5_200).contains(&upper), "{upper}");
    }

    #[test]
    fn the_hash_of_a_delete_is_that_of_its_row() {
        let mut bytes = Buffers::default().get(1);
        bytes.room(1).copy_from_slice(b"a");
        let mut keys = Collected::new(Values::Variable { ends: vec![1, 1], bytes });
        keys.rows = 2;
        let of = |key: &str| <u128 as KeyHash>::of_delete(&DeletedKey::VarChar(key.into()), 7).unwrap();
        assert_eq!(<u128 as KeyHash>::of_rows(&keys, 7).unwrap(), [of("a"), of("")]);
        assert!(<u64 as KeyHash>::of_delete(&DeletedKey::VarChar("a".into()), 7).is_err());
    }
}
