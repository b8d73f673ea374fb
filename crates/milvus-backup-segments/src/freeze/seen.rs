//! The segments that the server listed during an attempt.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_core::StoredSegment;

/// All segments that were in any of several listings.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    all: BTreeMap<i64, StoredSegment>,
    last: BTreeSet<i64>,
}

impl Seen {
    /// Adds a listing, which is then the last one.
    pub(super) fn add(&mut self, listed: &[StoredSegment]) {
        self.last = listed.iter().map(|segment| segment.id).collect();
        for segment in listed {
            let known = self.all.entry(segment.id).or_insert(*segment);
            // The number of rows of a segment is final once it is flushed.
            if segment.flushed || !known.flushed {
                *known = *segment;
            }
        }
    }

    /// Returns every segment that was listed.
    pub(super) fn segments(&self) -> impl Iterator<Item = &StoredSegment> {
        self.all.values()
    }

    /// Returns a segment that was listed.
    pub(super) fn get(&self, id: i64) -> Option<&StoredSegment> {
        self.all.get(&id)
    }

    /// Returns whether a segment that was listed earlier was missing from the last listing.
    pub(super) fn has_vanished(&self, id: i64) -> bool {
        self.all.contains_key(&id) && !self.last.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rows_of_each_segment_are_known_and_those_that_vanished() {
        let segment = |id, rows, flushed| StoredSegment { id, partition: 1, rows, flushed, deletes_only: false };
        let mut seen = Seen::default();
        seen.add(&[segment(1, 10, true), segment(2, 3, false)]);
        seen.add(&[segment(2, 7, true)]);
        assert_eq!(seen.segments().map(|segment| segment.rows).collect::<Vec<_>>(), [10, 7]);
        assert_eq!([1, 2, 3].map(|id| seen.has_vanished(id)), [true, false, false]);
    }
}
