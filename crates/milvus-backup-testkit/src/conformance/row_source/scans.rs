//! Batches, errors, partitions and read points of scans.

use arrow_array::RecordBatch;
use futures::{FutureExt, StreamExt, TryStreamExt};
use milvus_backup_core::schema::arrow_schema;
use milvus_backup_core::{Consistency, KeyRange, ScanOptions, ScanPosition};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused, refused_as};
use crate::fakes::{ReadPoints, samples};

/// "Size of one batch to aim for, in bytes of column values": a batch has no more than twice as much, unless it is one row.
pub(super) async fn a_batch_has_about_the_size_that_was_asked_for(subject: &Subject) {
    const ROW_BYTES: usize = 40;
    let name = subject.loaded("batches").await;
    subject.insert(&name, None, 0..400, "text ").await;
    for batch_bytes in [1, 2_000, 1 << 20] {
        let pages = done(subject.pages(&name, None, KeyRange::default(), batch_bytes).await);
        let keys: Vec<i64> = pages.iter().flat_map(samples::keys_of).collect();
        assert_eq!(keys, (0..400).collect::<Vec<_>>());
        let largest = pages.iter().map(RecordBatch::num_rows).max().unwrap();
        assert!(largest == 1 || largest * ROW_BYTES <= 2 * batch_bytes, "{largest} rows in {batch_bytes} bytes");
        assert!(batch_bytes > 2_000 || pages.len() > 5, "{} batches of {batch_bytes} bytes", pages.len());
    }
    subject.forget(&name).await;
}

/// "Columns come in the order of `arrow_schema`", the dynamic field among them.
pub(super) async fn batches_have_the_columns_of_the_schema(subject: &Subject) {
    let mut schema = samples::schema();
    schema.enable_dynamic_field = true;
    let name = subject.loaded_with("columns", &schema).await;
    done(subject.milvus.insert(&name, &schema, None, samples::rows(&schema, 0..3, "a")).await);
    let pages = done(subject.pages_of(&name, &schema, None, KeyRange::default(), 1 << 20).await);
    assert_eq!(*pages[0].schema(), arrow_schema(&schema).unwrap());
    // A reader that wants fewer columns gets those.
    let mut narrow = schema.clone();
    narrow.fields.remove(1);
    let pages = done(subject.pages_of(&name, &narrow, None, KeyRange::default(), 1 << 20).await);
    assert_eq!(*pages[0].schema(), arrow_schema(&narrow).unwrap());
    subject.forget(&name).await;
}

/// "The stream ends after its first error."
pub(super) async fn a_scan_ends_after_its_first_error(subject: &Subject) {
    let missing = subject.fresh("scan_missing").await;
    let refusal = subject.expected.family.collection_not_found("Query", missing.as_str());
    let scan = subject.scan_without_moment(&missing, &samples::schema()).await;
    let unit = done(subject.unit(scan.as_ref(), None, 0, 1).await);
    let mut pages = scan.read(&unit, &ScanPosition::Start, 1 << 20);
    refused_as(pages.next().await.unwrap(), &refusal);
    assert!(pages.next().await.is_none());
    refused_as(scan.count_rows("_default").await, &refusal);
    refused_as(scan.census("_default").await, &refusal);
    done(scan.close().await);
}

/// "Partitions go by the names that are listed."
pub(super) async fn partitions_are_read_apart(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.loaded("apart").await;
    if !expected.capabilities.partitions {
        subject.insert(&name, Some("_default"), 0..3, "a").await;
        // Whatever a partition is called, it is the collection.
        for partition in [None, Some("_default"), Some("p1")] {
            assert_eq!(subject.texts(&name, partition).await, ["a0", "a1", "a2"]);
            assert_eq!(subject.count(&name, partition).await, 3);
        }
        return subject.forget(&name).await;
    }
    done(milvus.create_partition(&name, "p1").await);
    subject.insert(&name, None, [3, 1], "a").await;
    subject.insert(&name, Some("p1"), [2, 0], "b").await;
    assert_eq!(subject.texts(&name, Some("_default")).await, ["a1", "a3"]);
    assert_eq!(subject.texts(&name, Some("p1")).await, ["b0", "b2"]);
    for (partition, rows) in [(Some("_default"), 2), (Some("p1"), 2)] {
        assert_eq!(subject.count(&name, partition).await, rows, "{partition:?}");
    }
    let (count, pages) = (
        subject.try_count(&name, Some("nope")).await,
        subject.pages(&name, Some("nope"), KeyRange::default(), 1 << 20).await,
    );
    if expected.rows.unknown_partition_is_empty {
        assert_eq!((done(count), done(pages).len()), (0, 0));
    } else {
        refused_as(count, &expected.family.partition_not_found("Query", "nope"));
        refused(pages);
    }
    subject.forget(&name).await;
}

/// "Whether every page is read at exactly this moment, or at this moment or later."
pub(super) async fn a_read_point_says_what_it_promises(subject: &Subject) {
    let name = subject.loaded("read_point").await;
    let schema = samples::schema();
    let (first, second) = (done(subject.scan(&name, &schema).await), done(subject.scan(&name, &schema).await));
    let (earlier, later) = (first.read_point(), second.read_point());
    match subject.expected.rows.read_points {
        ReadPoints::Snapshot => assert_eq!(earlier.consistency(), Consistency::Snapshot),
        _ => assert_eq!(earlier.consistency(), Consistency::Fuzzy),
    }
    let gives_none = subject.expected.rows.read_points == ReadPoints::Unknown;
    assert_eq!(earlier.timestamp().is_none(), gives_none);
    assert!(gives_none || earlier.timestamp() < later.timestamp(), "{earlier:?} {later:?}");
    let again = done(subject.milvus.open(&name, &schema, ScanOptions { read_point: Some(earlier) }).await);
    assert_eq!(again.read_point(), earlier);
    for scan in [first, second, again] {
        done(scan.close().await);
    }
    subject.forget(&name).await;
}

/// A snapshot has no row that was written later. Without one, rows may be there that come after the last key that was read:
/// they are where a server answers for the moment of the call, and may be where it answers for a moment after the read point.
pub(super) async fn writes_while_rows_are_read(subject: &Subject) {
    let name = subject.loaded("meanwhile").await;
    subject.insert(&name, None, 0..10, "a").await;
    let scan = done(subject.scan(&name, &samples::schema()).await);
    let unit = done(subject.unit(scan.as_ref(), None, 10, 1).await);
    let mut pages = scan.read(&unit, &ScanPosition::Start, 1);
    let mut keys = samples::keys_of(&pages.try_next().await.unwrap().unwrap());
    subject.insert(&name, None, [-5, 100], "late").await;
    while let Some(page) = done(pages.try_next().boxed().await) {
        keys.extend(samples::keys_of(&page));
    }
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    assert!((0..10).all(|key| keys.contains(&key)), "{keys:?}");
    assert!(!keys.contains(&-5), "{keys:?}");
    let late = keys.contains(&100);
    match subject.expected.rows.read_points {
        ReadPoints::Snapshot => assert!(!late, "{keys:?}"),
        ReadPoints::Timestamp => {}
        ReadPoints::Unknown => assert!(late, "{keys:?}"),
    }
    done(scan.close().await);
    assert_eq!(subject.count(&name, None).await, 12);
    subject.forget(&name).await;
}
