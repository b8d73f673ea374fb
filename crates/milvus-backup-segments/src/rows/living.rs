//! The rows that no delete covers, of the keys in a range of hashes, and which keys several of them have.

use super::deletes::Deletes;
use super::key_hash::KeyHash;
use super::key_range::HashRange;
use super::visible::{Bits, Moment};

/// The smallest number of keys for which there is always memory.
const MIN_KEYS: usize = 16;

/// Collects the keys of rows that no delete covers, and hides the other rows.
#[derive(Debug)]
pub(super) struct Living<K> {
    pub(super) bits: Bits,
    deletes: Deletes<K>,
    moment: Moment,
    /// One entry for each row; more than two for a key are reduced to two.
    keys: Vec<K>,
    limit: usize,
}

/// The keys that several living rows have.
#[derive(Debug)]
pub(super) struct Repeated<K> {
    /// The keys in ascending order, each once.
    pub(super) keys: Vec<K>,
    /// The range of keys that was looked at.
    pub(super) range: HashRange<K>,
    /// The rows that are visible so far.
    pub(super) bits: Bits,
}

impl<K: KeyHash> Living<K> {
    /// Starts with the deletes of a range of keys. Deletes and keys together take at most `memory_bytes`.
    pub(super) fn new(bits: Bits, deletes: Deletes<K>, moment: Moment, memory_bytes: u64) -> Self {
        let bytes = memory_bytes.saturating_sub(deletes.memory_bytes());
        let limit = usize::try_from(bytes).unwrap_or(usize::MAX) / size_of::<K>();
        Self { bits, deletes, moment, keys: Vec::new(), limit: limit.max(MIN_KEYS) }
    }

    /// Looks at some rows of a group.
    pub(super) fn rows(&mut self, group: usize, first_row: usize, timestamps: &[[u8; 8]], hashes: &[K]) {
        for (row, (timestamp, hash)) in (first_row..).zip(timestamps.iter().zip(hashes)) {
            let timestamp = u64::from_le_bytes(*timestamp);
            let exists = self.moment.has(timestamp);
            if exists && !self.deletes.range.contains(*hash) {
                continue;
            }
            if !exists || self.deletes.covers(*hash, timestamp) {
                self.bits[group].set_bit(row, false);
                continue;
            }
            self.push(*hash);
        }
    }

    fn push(&mut self, hash: K) {
        if self.keys.len() == self.limit {
            self.make_room();
            if !self.deletes.range.contains(hash) {
                return;
            }
        }
        if self.keys.len() == self.keys.capacity() {
            self.keys.reserve_exact(self.keys.len().max(MIN_KEYS).min(self.limit - self.keys.len()));
        }
        self.keys.push(hash);
    }

    /// Reduces the keys to half of what fits, by leaving some to a later pass.
    fn make_room(&mut self) {
        self.reduce_copies();
        let mut range = self.deletes.range;
        while self.keys.len() > self.limit / 2 && range.halve() {
            self.keys.retain(|hash| range.contains(*hash));
        }
        self.deletes.shrink(range);
    }

    /// Sorts the keys, and keeps at most two entries of each.
    fn reduce_copies(&mut self) {
        self.keys.sort_unstable();
        let mut kept = 0;
        for place in 0..self.keys.len() {
            let hash = self.keys[place];
            if kept >= 2 && self.keys[kept - 1] == hash && self.keys[kept - 2] == hash {
                continue;
            }
            self.keys[kept] = hash;
            kept += 1;
        }
        self.keys.truncate(kept);
    }

    /// Returns the keys that several rows have.
    pub(super) fn finish(mut self) -> Repeated<K> {
        self.reduce_copies();
        let keys = self.keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        Repeated { keys, range: self.deletes.range, bits: self.bits }
    }
}
