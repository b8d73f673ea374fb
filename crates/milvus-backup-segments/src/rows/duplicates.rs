//! The newest row of each key that several rows have.

use super::key_hash::KeyHash;
use super::visible::Bits;

/// Finds the newest row of each of some keys, and hides the others.
#[derive(Debug)]
pub(super) struct Newest<K> {
    pub(super) bits: Bits,
    /// The keys in ascending order.
    keys: Vec<K>,
    /// The newest row of each key so far.
    best: Vec<Option<Candidate>>,
}

/// The place of a row, with what decides about it: the greatest timestamp, then the greatest row id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    age: (u64, i64),
    group: usize,
    row: usize,
}

impl<K: KeyHash> Newest<K> {
    /// Starts with the rows that are visible so far, and keys in ascending order.
    pub(super) fn new(bits: Bits, keys: Vec<K>) -> Self {
        let best = vec![None; keys.len()];
        Self { bits, keys, best }
    }

    /// Returns the number of keys for which a number of bytes suffices.
    pub(super) fn keys_in(memory_bytes: u64) -> usize {
        let one = size_of::<K>() + size_of::<Option<Candidate>>();
        (usize::try_from(memory_bytes).unwrap_or(usize::MAX) / one).max(16)
    }

    /// Looks at some rows of a group.
    pub(super) fn rows(
        &mut self,
        group: usize,
        first_row: usize,
        timestamps: &[[u8; 8]],
        hashes: &[K],
        row_ids: &[[u8; 8]],
    ) {
        let ages = timestamps
            .iter()
            .zip(row_ids)
            .map(|(timestamp, row_id)| (u64::from_le_bytes(*timestamp), i64::from_le_bytes(*row_id)));
        for (row, (age, hash)) in (first_row..).zip(ages.zip(hashes)) {
            let Ok(key) = self.keys.binary_search(hash) else { continue };
            if !self.bits[group].get_bit(row) {
                continue;
            }
            let other = &mut self.best[key];
            let hidden = match other {
                Some(newest) if newest.age >= age => Some((group, row)),
                _ => other.replace(Candidate { age, group, row }).map(|older| (older.group, older.row)),
            };
            if let Some((group, row)) = hidden {
                self.bits[group].set_bit(row, false);
            }
        }
    }
}
