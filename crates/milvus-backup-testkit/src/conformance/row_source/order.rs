//! "In ascending order of primary key, each key once."

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use milvus_backup_core::KeyRange;
use milvus_backup_core::schema::PrimaryKey;

use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::samples;

fn text(key: &str) -> PrimaryKey {
    PrimaryKey::VarChar(key.into())
}

fn texts_in_keys(rows: &RecordBatch) -> Vec<String> {
    rows.column(0).as_string::<i32>().iter().map(|key| key.unwrap().to_owned()).collect()
}

/// Whatever order they were inserted in, and whether they are flushed or not.
pub(super) async fn rows_come_in_ascending_order_of_their_keys(subject: &Subject) {
    let name = subject.loaded("order").await;
    subject.insert(&name, None, [5, -3, 9], "a").await;
    done(subject.milvus.flush(&name).await);
    subject.insert(&name, None, [0, 7, -8], "a").await;
    assert_eq!(samples::keys_of(&subject.rows(&name, None).await), [-8, -3, 0, 5, 7, 9]);
    subject.forget(&name).await;
}

/// "The key itself for `VarChar`, ordered by its bytes."
pub(super) async fn texts_are_ordered_by_their_bytes(subject: &Subject) {
    let schema = samples::text_schema();
    let name = subject.loaded_with("order_texts", &schema).await;
    let mut keys = ["b", "", "a\"quoted\"", "Z", "é", "a\\b", "a\nb", "漢", "a", "ab"];
    done(subject.milvus.insert(&name, &schema, None, samples::text_rows(&schema, &keys)).await);
    keys.sort_unstable();
    assert_eq!(texts_in_keys(&subject.rows_of(&name, &schema, None).await), keys);
    // Page after page of one row, so that each of them is the end of one and the beginning of the next.
    let pages = done(subject.pages_of(&name, &schema, None, KeyRange::default(), 1).await);
    let one_by_one: Vec<String> = pages.iter().flat_map(texts_in_keys).collect();
    assert_eq!(one_by_one, keys);
    // A scan can start after every key, as one that is resumed does.
    for (index, key) in keys.iter().enumerate() {
        let rest = KeyRange { after: Some(text(key)), up_to: None };
        let pages = done(subject.pages_of(&name, &schema, None, rest, 1).await);
        assert_eq!(pages.iter().flat_map(texts_in_keys).collect::<Vec<_>>(), keys[index + 1..], "after {key:?}");
    }
    let range = KeyRange { after: Some(text("a\\b")), up_to: Some(text("b")) };
    let pages = done(subject.pages_of(&name, &schema, None, range, 1 << 20).await);
    assert_eq!(pages.iter().flat_map(texts_in_keys).collect::<Vec<_>>(), ["ab", "b"]);
    subject.forget(&name).await;
}

/// "Only rows whose primary keys are in this range": after the first bound, up to the last one.
pub(super) async fn every_row_is_in_one_range(subject: &Subject) {
    let name = subject.loaded("ranges").await;
    subject.insert(&name, None, 0..30, "a").await;
    let ranges = KeyRange::between(&[PrimaryKey::Int64(9), PrimaryKey::Int64(20)]);
    let expected: [std::ops::Range<i64>; 3] = [0..10, 10..21, 21..30];
    for (range, expected) in ranges.into_iter().zip(expected) {
        let pages = done(subject.pages(&name, None, range, 1 << 20).await);
        let keys: Vec<i64> = pages.iter().flat_map(samples::keys_of).collect();
        assert_eq!(keys, expected.collect::<Vec<_>>());
    }
    for (after, up_to) in [(29, None), (10, Some(10))] {
        let range = KeyRange { after: Some(PrimaryKey::Int64(after)), up_to: up_to.map(PrimaryKey::Int64) };
        assert_eq!(done(subject.pages(&name, None, range, 1 << 20).await), Vec::<RecordBatch>::new());
    }
    subject.forget(&name).await;
}

/// No key is left out, but for the largest one on a server that never returns it, and counts it.
pub(super) async fn the_smallest_and_the_largest_key(subject: &Subject) {
    let name = subject.loaded("extremes").await;
    subject.insert(&name, None, [i64::MIN, 0, i64::MAX], "").await;
    let hidden = subject.expected.rows.hides_largest_key;
    let mut expected = vec![i64::MIN, 0, i64::MAX];
    expected.truncate(if hidden { 2 } else { 3 });
    let rows = subject.rows(&name, None).await;
    assert_eq!(samples::keys_of(&rows), expected);
    assert_eq!(subject.count(&name, None).await, 3);
    let keys = Arc::clone(rows.column(0));
    assert_eq!(PrimaryKey::at(&keys, 0).unwrap(), PrimaryKey::Int64(i64::MIN));
    let range = KeyRange { after: Some(PrimaryKey::Int64(i64::MIN)), up_to: Some(PrimaryKey::Int64(0)) };
    let pages = done(subject.pages(&name, None, range, 1 << 20).await);
    assert_eq!(pages.iter().flat_map(samples::keys_of).collect::<Vec<_>>(), [0]);
    let census = done(subject.try_census(&name, &samples::schema()).await);
    assert_eq!((census.rows, census.unreturned), (3, u64::from(hidden)));
    assert_eq!(census.explains_all(), !hidden);
    subject.forget(&name).await;
}
