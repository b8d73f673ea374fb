//! The parameters of a query that requests a page.

use milvus::proto::common::{ConsistencyLevel as WireConsistency, KeyValuePair};
use milvus_backup_core::ReadPoint;

/// Returns the guarantee with which a query sees everything that was written before the read point. With strong
/// consistency each would wait for the next tick of the server's clock, for 200 ms; a timestamp in the past needs no
/// waiting.
pub(super) fn guarantee(read_point: ReadPoint) -> (i32, u64) {
    match read_point.timestamp() {
        Some(timestamp) => (WireConsistency::Customized as i32, timestamp),
        None => (WireConsistency::Strong as i32, 0),
    }
}

/// Returns the parameters of a page that starts `offset` rows after the last key: in the order of primary keys, and
/// without a gap.
///
/// A segment returns as many rows as the page may have, including copies of a key. Its keys may therefore end before
/// those of another segment, and a page that is filled up from the others has a gap: Milvus 2.3.5 was observed to
/// return the first 1,004 keys and then the last 20. With `reduce_stop_for_best` the page ends where the first segment
/// does. It may then be short, and only an empty page is the end.
pub(super) fn iterator_params(limit: usize, offset: usize) -> Vec<KeyValuePair> {
    page_params(limit, offset, "True")
}

/// Returns the parameters of a page that may have gaps, and is as full as possible: for a sample, or for rows by
/// position.
pub(super) fn full_page_params(limit: usize, offset: usize) -> Vec<KeyValuePair> {
    page_params(limit, offset, "False")
}

fn page_params(limit: usize, offset: usize, stop_for_best: &str) -> Vec<KeyValuePair> {
    [
        ("limit", limit.to_string()),
        ("offset", offset.to_string()),
        ("iterator", "True".to_owned()),
        ("reduce_stop_for_best", stop_for_best.to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| KeyValuePair { key: key.to_owned(), value })
    .collect()
}
