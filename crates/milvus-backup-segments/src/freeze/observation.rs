//! What an attempt saw of the server and of its storage.

use std::collections::BTreeSet;

use milvus_backup_core::{StoredCollection, StoredPartition};

use super::seen::Seen;
use crate::listing::{Listing, SegmentLogs};

/// What an attempt saw, in this order: `files_before`, the first of the listings in `seen`, the read point, `sealed`,
/// the end of the flush, the last of the listings in `seen`, `files`.
#[derive(Debug)]
pub(super) struct Observation {
    pub(super) collection: StoredCollection,
    pub(super) files_before: Listing,
    /// The segments that the server listed at any time, from before the read point until after the flush.
    pub(super) seen: Seen,
    pub(super) read_point: u64,
    /// The segments that were growing until the flush.
    pub(super) sealed: BTreeSet<i64>,
    pub(super) files: Listing,
}

impl Observation {
    /// Returns whether a segment has rows or deletes of the collection for certain: the server listed or sealed it.
    pub(super) fn is_acknowledged(&self, segment: i64) -> bool {
        self.seen.get(segment).is_some() || self.sealed.contains(&segment)
    }

    /// Returns the files of a segment that were listed at either time. Those of a compacted segment may be deleted
    /// meanwhile; if they are not pinned either, reading them fails.
    pub(super) fn logs(&self, partition: i64, segment: i64) -> Option<SegmentLogs> {
        let (before, after) = (self.files_before.segment(partition, segment), self.files.segment(partition, segment));
        let mut all = after.or(before)?.clone();
        for (field, logs) in before.into_iter().flat_map(|before| &before.fields) {
            let known = all.fields.entry(*field).or_default();
            for (log, file) in logs {
                known.entry(*log).or_insert_with(|| file.clone());
            }
        }
        Some(all)
    }

    /// Returns a partition by its identifier.
    pub(super) fn partition(&self, id: i64) -> Option<&StoredPartition> {
        self.collection.partitions.iter().find(|partition| partition.id == id)
    }
}
