//! The comparison of what the tool wrote with what the server reports.

use std::collections::BTreeMap;

use milvus_backup_core::{NativeSegment, StoredSegment};

/// Number of segments that are named in an error.
const NAMED: usize = 3;

/// Returns the first difference between the segments of a backup and those of the server.
///
/// The server may compact segments at any time: only a segment that it had before and after must be in the backup, and one
/// of the backup that it had at neither time is not known to be wrong.
pub(super) fn difference(
    written: &[NativeSegment],
    before: &[StoredSegment],
    after: &[StoredSegment],
) -> Option<String> {
    let written: BTreeMap<&str, u64> =
        written.iter().map(|segment| (segment.id.as_str(), segment.inserted_rows)).collect();
    let before = with_rows(before);
    let after = with_rows(after);
    let missing: Vec<&str> = before
        .keys()
        .filter(|id| after.contains_key(*id) && !written.contains_key(id.as_str()))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let named = missing[..missing.len().min(NAMED)].join(", ");
        return Some(format!("it left out {} segments of the server, such as {named}", missing.len()));
    }
    let differs = |(id, rows): (&&str, &u64)| {
        let reported = after.get(*id).or_else(|| before.get(*id)).filter(|reported| *reported != rows)?;
        Some(format!("segment {id} has {rows} rows in the backup, and {reported} by the server"))
    };
    written.iter().find_map(differs)
}

/// Returns the rows of the flushed segments that have rows, by their identifiers.
fn with_rows(segments: &[StoredSegment]) -> BTreeMap<String, u64> {
    let flushed = segments.iter().filter(|segment| segment.flushed && segment.rows > 0 && !segment.deletes_only);
    flushed.map(|segment| (segment.id.to_string(), segment.rows)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(id: i64, rows: u64) -> StoredSegment {
        StoredSegment { id, partition: 1, rows, flushed: true, deletes_only: false }
    }

    fn written(id: i64, rows: u64) -> NativeSegment {
        NativeSegment { id: id.to_string(), partition: "p".to_owned(), inserted_rows: rows }
    }

    #[test]
    fn segments_that_the_server_had_all_along_must_be_there_with_their_rows() {
        let (one, two) = (stored(1, 10), stored(2, 20));
        assert_eq!(difference(&[written(1, 10), written(2, 20)], &[one, two], &[one, two]), None);
        let missing = difference(&[written(1, 10)], &[one, two], &[one, two]).unwrap();
        assert!(missing.contains("left out 1") && missing.contains(" 2"), "{missing}");
        let fewer = difference(&[written(1, 9), written(2, 20)], &[one, two], &[one, two]).unwrap();
        assert!(fewer.contains("segment 1 has 9 rows"), "{fewer}");
    }

    #[test]
    fn segments_that_appear_or_vanish_meanwhile_may_be_there_or_not() {
        let (one, two, three) = (stored(1, 10), stored(2, 20), stored(3, 30));
        assert_eq!(difference(&[written(3, 30)], &[one, two], &[three]), None);
        assert_eq!(difference(&[written(1, 10), written(2, 20)], &[one, two], &[three]), None);
        assert_eq!(difference(&[written(4, 40)], &[], &[]), None);
        let growing = StoredSegment { flushed: false, ..one };
        assert_eq!(difference(&[], &[growing, stored(5, 0)], &[growing, stored(5, 0)]), None);
        let deletes = StoredSegment { deletes_only: true, ..two };
        assert_eq!(difference(&[], &[deletes], &[deletes]), None);
    }
}
