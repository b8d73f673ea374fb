//! Which segments contain all rows of the read point, as far as it follows from what was seen. A pure function.
//!
//! The rows of the read point are in segments that the server listed at some time between the read point and the end of
//! the flush, or that the flush sealed. A compaction in that time replaces segments by one that may lack rows which
//! were deleted after the read point. The replaced segments are therefore read as well, and each row once.
//!
//! A listed segment that the flush did not complete is being filled, by an import or by later inserts. It is unfinished:
//! rows of the read point in it would be a part of an import.
//!
//! A directory that the server never listed has, if all its files are older than the read point, only rows of segments
//! that were replaced before, or copies that a running compaction has not yet put in place. If it has newer files, it
//! may be a segment that was opened for a late insert: it is a candidate, which the headers of its logs decide on.

use std::collections::BTreeSet;

use super::observation::Observation;
use super::unsettled::Unsettled;
use crate::listing::SegmentLogs;

/// A segment to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chosen {
    pub(super) partition: i64,
    pub(super) segment: i64,
    /// The number of rows that the server reported for it.
    pub(super) rows: Option<u64>,
}

/// The segments that follow from what was seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// The segments that the server acknowledged.
    pub(super) segments: Vec<Chosen>,
    /// Segments that the server listed while they were being filled.
    pub(super) unfinished: Vec<Chosen>,
    /// Directories with new files that the server never listed.
    pub(super) candidates: Vec<Chosen>,
    /// Whether a compaction replaced segments, so that rows may be in two of them.
    pub(super) compacted: bool,
}

/// Decides which segments to read.
///
/// # Errors
/// [`Unsettled::Again`] if a row may be missing from all of them, [`Unsettled::Failed`] for a segment in an unknown
/// layout.
pub(super) fn settle(seen: &Observation) -> Result<Settled, Unsettled> {
    let mut settled = Settled::default();
    for segment in seen.seen.segments() {
        // A dropped partition has no rows, and its segments are of no concern.
        if segment.deletes_only || seen.partition(segment.partition).is_none() {
            continue;
        }
        seen.files.require_known_layout(segment.id)?;
        let chosen = |rows| Chosen { partition: segment.partition, segment: segment.id, rows };
        let has_files = seen.logs(segment.partition, segment.id).is_some();
        match (segment.flushed, has_files) {
            (true, true) => settled.segments.push(chosen(Some(segment.rows))),
            (true, false) if segment.rows == 0 => {}
            (true, false) => return Err(again(segment.id, "has no files")),
            (false, _) if seen.sealed.contains(&segment.id) => {
                return Err(again(segment.id, "is not flushed, although the flush is complete"));
            }
            (false, true) => settled.unfinished.push(chosen(None)),
            (false, false) => {}
        }
        settled.compacted |= segment.flushed && seen.seen.has_vanished(segment.id);
    }
    add_sealed(seen, &mut settled)?;
    settled.segments.sort_unstable();
    settled.candidates = candidates(seen);
    Ok(settled)
}

/// Adds the segments that the flush sealed and no listing contained: they were empty, or are compacted already.
fn add_sealed(seen: &Observation, settled: &mut Settled) -> Result<(), Unsettled> {
    for segment in seen.sealed.iter().filter(|segment| seen.seen.get(**segment).is_none()) {
        if settled.compacted || seen.files.has_segment(*segment) || seen.files_before.has_segment(*segment) {
            // Without its number of rows, nothing proves that its files are complete.
            return Err(again(*segment, "was compacted before it was listed"));
        }
    }
    Ok(())
}

fn again(segment: i64, what: &str) -> Unsettled {
    Unsettled::Again(format!("segment {segment} {what}"))
}

/// Returns the directories with new files that the server did not list.
fn candidates(seen: &Observation) -> Vec<Chosen> {
    let mut found = Vec::new();
    for (partition, logs) in &seen.files.partitions {
        if seen.partition(*partition).is_none() {
            continue;
        }
        for (segment, logs) in &logs.segments {
            let before = seen.files_before.segment(*partition, *segment);
            let old: BTreeSet<&str> = before.into_iter().flat_map(SegmentLogs::paths).collect();
            if !seen.is_acknowledged(*segment) && logs.paths().any(|path| !old.contains(path)) {
                found.push(Chosen { partition: *partition, segment: *segment, rows: None });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::{StoredCollection, StoredPartition, StoredSegment};

    use super::*;
    use crate::freeze::seen::Seen;
    use crate::listing::listing_of;

    const PARTITION: i64 = 2;

    fn flushed(id: i64, rows: u64) -> StoredSegment {
        StoredSegment { id, partition: PARTITION, rows, flushed: true, deletes_only: false }
    }

    /// An observation of a partition: the files before and after, the segments that were listed before and after, and
    /// those that were sealed.
    fn observation(
        files: [&[&str]; 2],
        listed: [&[StoredSegment]; 2],
        sealed: impl IntoIterator<Item = i64>,
    ) -> Observation {
        let mut seen = Seen::default();
        for listed in listed {
            seen.add(listed);
        }
        let partitions = vec![StoredPartition { id: PARTITION, name: "p".to_owned() }];
        let [files_before, files] = files.map(listing_of);
        let collection = StoredCollection { id: 1, partitions, fields: std::collections::BTreeMap::new() };
        Observation { collection, files_before, seen, read_point: 7, sealed: sealed.into_iter().collect(), files }
    }

    fn segments(chosen: &[Chosen]) -> Vec<(i64, Option<u64>)> {
        chosen.iter().map(|chosen| (chosen.segment, chosen.rows)).collect()
    }

    #[test]
    fn without_a_compaction_the_listed_segments_have_all_rows() {
        let before = ["2/10/0/1"];
        let after = ["2/10/0/1", "2/11/0/2"];
        let seen = observation([&before, &after], [&[flushed(10, 5)], &[flushed(10, 5), flushed(11, 3)]], [11]);
        let settled = settle(&seen).unwrap();
        assert_eq!(segments(&settled.segments), [(10, Some(5)), (11, Some(3))]);
        assert_eq!((settled.compacted, settled.candidates, settled.unfinished), (false, vec![], vec![]));
    }

    #[test]
    fn segments_that_a_compaction_replaced_are_read_beside_their_successor() {
        let files = ["2/10/0/1", "2/11/0/2", "2/12/0/3"];
        let seen = observation([&files[..2], &files], [&[flushed(10, 5), flushed(11, 3)], &[flushed(12, 8)]], []);
        let settled = settle(&seen).unwrap();
        assert_eq!(segments(&settled.segments), [(10, Some(5)), (11, Some(3)), (12, Some(8))]);
        assert!(settled.compacted);
        let pinned = observation([&files[..2], &files[2..]], [&[flushed(10, 5)], &[flushed(12, 8)]], []);
        assert_eq!(segments(&settle(&pinned).unwrap().segments), [(10, Some(5)), (12, Some(8))]);
        let gone = observation([&[], &files[2..]], [&[flushed(10, 5)], &[flushed(12, 8)]], []);
        assert!(matches!(settle(&gone), Err(Unsettled::Again(_))));
    }

    #[test]
    fn a_sealed_segment_that_was_never_listed_was_empty_or_is_not_known_to_be_whole() {
        let seen = observation([&["2/10/0/1"], &["2/10/0/1"]], [&[flushed(10, 5)], &[flushed(10, 5)]], [11]);
        assert_eq!(segments(&settle(&seen).unwrap().segments), [(10, Some(5))]);
        let files = ["2/10/0/1", "2/11/0/2"];
        let seen = observation([&files, &files], [&[flushed(10, 5)], &[flushed(10, 5)]], [11]);
        assert!(matches!(settle(&seen), Err(Unsettled::Again(_))));
        let compacted = observation([&files[..1], &files[..1]], [&[flushed(10, 5)], &[]], [11]);
        assert!(matches!(settle(&compacted), Err(Unsettled::Again(_))));
    }

    #[test]
    fn a_segment_that_is_being_filled_is_unfinished() {
        let filling = StoredSegment { flushed: false, ..flushed(12, 4) };
        let files = ["2/10/0/1", "2/12/0/3"];
        let listed = [flushed(10, 5), filling];
        let seen = observation([&files, &files], [&listed, &listed], []);
        let settled = settle(&seen).unwrap();
        assert_eq!(
            (segments(&settled.segments), segments(&settled.unfinished)),
            (vec![(10, Some(5))], vec![(12, None)])
        );
        let sealed = observation([&files, &files], [&listed, &listed], [12]);
        assert!(matches!(settle(&sealed), Err(Unsettled::Again(_))));
    }

    #[test]
    fn only_directories_with_new_files_are_candidates() {
        let before = ["2/10/0/1", "2/20/0/2", "2/21/0/3"];
        let after = ["2/10/0/1", "2/20/0/2", "2/21/0/3", "2/21/0/4", "2/22/0/5", "3/30/0/6"];
        let seen = observation([&before, &after], [&[flushed(10, 5)], &[flushed(10, 5)]], []);
        assert_eq!(segments(&settle(&seen).unwrap().candidates), [(21, None), (22, None)]);
    }

    #[test]
    fn an_unknown_layout_is_refused() {
        let files = ["2/10/_data/0_a.parquet"];
        let seen = observation([&files, &files], [&[flushed(10, 5)], &[flushed(10, 5)]], []);
        assert!(matches!(settle(&seen), Err(Unsettled::Failed(_))));
    }
}
