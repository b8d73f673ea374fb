//! Rows in storage.

use crate::conformance::Subject;
use crate::conformance::expectations::{done, done_if, refused_as};
use crate::fakes::Statistics;

/// "Makes all rows inserted so far durable"; "rows not yet flushed do not [count]. Does not need a loaded collection."
pub(super) async fn flushed_rows_are_stored(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let (name, missing) = (subject.created("stored").await, subject.fresh("stored_missing").await);
    let family = expected.family;
    done(milvus.release_collection(&name).await);
    subject.insert(&name, None, 0..5, "a").await;
    let unflushed = if expected.rows.statistics == Statistics::Flushed { 0 } else { 5 };
    assert_eq!(done(milvus.stored_rows(&name, None).await), unflushed);
    done(milvus.flush(&name).await);
    for partition in [None, Some("_default")] {
        assert_eq!(done(milvus.stored_rows(&name, partition).await), 5);
    }
    let unknown = milvus.stored_rows(&name, Some("nope")).await;
    if expected.capabilities.partitions {
        refused_as(unknown, &family.partition_not_found("GetPartitionStatistics", "nope"));
    } else {
        assert_eq!(done(unknown), 5);
    }
    let of_missing = milvus.stored_rows(&missing, None).await;
    refused_as(of_missing, &family.collection_not_found("GetCollectionStatistics", missing.as_str()));
    done_if(expected.rows.flushes_unknown, milvus.flush(&missing).await);
    subject.forget(&name).await;
}

/// "Deleted rows count", until they are compacted away, where statistics are those of segments.
pub(super) async fn deleted_rows_stay_stored_for_a_while(subject: &Subject) {
    let Subject { milvus, expected, other } = subject;
    let name = subject.created("stored_deletes").await;
    subject.insert(&name, None, 0..5, "a").await;
    done(milvus.flush(&name).await);
    other.delete(&name, None, vec![1, 2]).await;
    let stored = done(milvus.stored_rows(&name, None).await);
    match expected.rows.statistics {
        Statistics::Live => assert_eq!(stored, 3),
        // Milvus may compact at any time.
        Statistics::Flushed => assert!((3..=5).contains(&stored), "{stored}"),
    }
    subject.forget(&name).await;
}
