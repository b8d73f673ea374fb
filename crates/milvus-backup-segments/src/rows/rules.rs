//! The rules by which rows are visible, one by one.

use milvus_backup_core::ContentKey;
use milvus_backup_testkit::columns::Table;

use super::random_models::{prepare, runtime};
use crate::fixtures::{Delete, Group, Layout, LogKind, Model, ModelPartition, Row, Segment, Style};

/// A row of the key 7.
fn row(timestamp: u64, id: i64) -> Row {
    Row { values: 0, key: 7, timestamp, id }
}

fn group(rows: &[Row]) -> Group {
    Group { rows: rows.to_vec(), layout: Layout::V1, style: Style::default(), lacks: None }
}

/// Returns a collection of one partition, a segment for each of these groups, and deletes of the key 7.
fn model(groups: &[&[Row]], deletes: &[u64]) -> Model {
    let segments = groups.iter().map(|rows| Segment { groups: vec![group(rows)] }).collect();
    let deletes = deletes.iter().map(|timestamp| Delete { key: 7, timestamp: *timestamp }).collect();
    Model {
        table: Table { rows: 1, columns: Vec::new() },
        text_keys: false,
        partitions: vec![ModelPartition { segments, deletes: vec![(LogKind::Delete, deletes)] }],
        read_point: 100,
        expired_before: None,
    }
}

/// Returns the number of visible rows of each segment, and the keys of what is in them.
fn visible(model: &Model) -> (Vec<u64>, Vec<ContentKey>) {
    let (frozen, logs) = model.write();
    let rows = runtime().block_on(prepare(model, frozen.clone(), logs, 1 << 20)).unwrap();
    let units = rows.units("p0");
    let of_segment = |id: i64| {
        let own = units.iter().filter(|unit| unit.span == milvus_backup_core::UnitSpan::Segment(id));
        own.map(milvus_backup_core::ScanUnit::estimated_rows).sum()
    };
    let counts = frozen.partitions[0].segments.iter().map(|segment| of_segment(segment.id)).collect();
    (counts, units.into_iter().filter_map(|unit| unit.content).collect())
}

#[test]
fn a_row_dies_by_a_later_delete_and_survives_one_of_its_own_timestamp() {
    assert_eq!(visible(&model(&[&[row(50, 1)]], &[49])).0, [1]);
    assert_eq!(visible(&model(&[&[row(50, 1)]], &[50])).0, [1], "an upsert");
    assert_eq!(visible(&model(&[&[row(50, 1)]], &[51])).0, [0]);
    assert_eq!(visible(&model(&[&[row(50, 1)]], &[30, 51, 20])).0, [0], "the last delete counts");
}

#[test]
fn what_comes_after_the_read_point_has_not_happened() {
    assert_eq!(visible(&model(&[&[row(100, 1)], &[row(101, 2)]], &[101])).0, [1, 0]);
    assert_eq!(visible(&model(&[&[row(99, 1)]], &[100])).0, [0], "a delete at the read point has");
}

#[test]
fn the_newest_row_of_a_key_is_visible() {
    assert_eq!(visible(&model(&[&[row(50, 9)], &[row(51, 1)], &[row(49, 5)]], &[])).0, [0, 1, 0]);
    assert_eq!(visible(&model(&[&[row(50, 1)], &[row(50, 3)], &[row(50, 2)]], &[])).0, [0, 1, 0], "the row id decides");
    assert_eq!(visible(&model(&[&[row(50, 1)], &[row(50, 1)]], &[])).0, [1, 0], "the same row twice");
    assert_eq!(visible(&model(&[&[row(50, 1)], &[row(101, 2)]], &[])).0, [1, 0], "a later one has not happened");
}

#[test]
fn rows_expire() {
    let mut model = model(&[&[row(50, 1)]], &[]);
    model.expired_before = Some(50);
    assert_eq!(visible(&model).0, [1]);
    model.expired_before = Some(51);
    assert_eq!(visible(&model).0, [0]);
}

#[test]
fn the_content_key_changes_with_the_visible_rows_only() {
    let other = Row { key: 8, ..row(10, 2) };
    let before = visible(&model(&[&[row(50, 1), other]], &[])).1;
    assert_eq!(visible(&model(&[&[row(50, 1), other]], &[])).1, before);
    assert_eq!(visible(&model(&[&[row(50, 1), other]], &[40])).1, before, "a delete without effect");
    let after = visible(&model(&[&[row(50, 1), other]], &[60])).1;
    assert!(after.len() == 1 && after != before);
}
