//! The part of all keys that one pass over the logs determines, which shrinks if it takes too much memory.

use super::key_hash::KeyHash;

/// The hashes from `low` to `high`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HashRange<K> {
    low: K,
    high: K,
}

impl<K: KeyHash> HashRange<K> {
    /// Returns the range of all hashes.
    pub(super) fn all() -> Self {
        Self { low: K::MIN, high: K::MAX }
    }

    pub(super) fn contains(&self, hash: K) -> bool {
        self.low <= hash && hash <= self.high
    }

    /// Removes the upper half; `false` if there is only one hash left.
    pub(super) fn halve(&mut self) -> bool {
        let can_shrink = self.low < self.high;
        if can_shrink {
            self.high = K::middle(self.low, self.high);
        }
        can_shrink
    }

    /// Returns the hashes beyond the range; `None` if there are none.
    pub(super) fn rest(&self) -> Option<Self> {
        Some(Self { low: self.high.successor()?, high: K::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_is_in_exactly_one_range() {
        let mut ranges = Vec::new();
        let mut next = Some(HashRange::<u64>::all());
        while let Some(mut range) = next {
            range.halve();
            range.halve();
            ranges.push(range);
            next = range.rest().filter(|_| ranges.len() < 300);
        }
        for hash in [0, 1, u64::MAX / 4, u64::MAX / 4 + 1, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
            assert_eq!(ranges.iter().filter(|range| range.contains(hash)).count(), 1, "{hash}");
        }
        let mut single = HashRange { low: 5_u64, high: 5 };
        assert!(!single.halve());
    }
}
