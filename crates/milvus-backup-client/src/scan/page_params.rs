//! The parameters of a query that asks for a page.

use milvus::proto::common::{ConsistencyLevel as WireConsistency, KeyValuePair};
use milvus_backup_core::ReadPoint;

/// What makes a query see all that was written before the read point. With strong consistency each would wait for the
/// next tick of the server's clock, for a fifth of a second; a timestamp that has passed needs no waiting.
pub(super) fn guarantee(read_point: ReadPoint) -> (i32, u64) {
    match read_point.timestamp() {
        Some(timestamp) => (WireConsistency::Customized as i32, timestamp),
        None => (WireConsistency::Strong as i32, 0),
    }
}

/// The parameters of a page that begins after the last key: in the order of primary keys, and without a gap.
///
/// A segment returns as many rows as the page may have, copies of a key among them. So its keys may end before those of
/// another segment, and a page that is filled up from the others has a gap: Milvus 2.3.5 was seen to return the first 1,004
/// keys and then the last 20. With `reduce_stop_for_best` the page ends where the first segment does. It may be short
/// then, and only an empty page is the end.
pub(super) fn iterator_params(limit: usize) -> Vec<KeyValuePair> {
    page_params(limit, 0, "True")
}

/// The parameters of a page that may have gaps, and is as full as it can be: of a sample, or of rows by their position.
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
