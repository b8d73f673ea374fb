//! What the row digest must see: any value, any row more or less, and the look-alikes of NULL and zero.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, types::Int32Type,
};
use milvus_backup_integrity::RowHasher;
use proptest::prelude::*;

use crate::model::{Layout, batch, columns, rows, value};

fn hex(batch: &RecordBatch) -> String {
    RowHasher::new().digest(batch).unwrap().to_hex()
}

fn column(name: &str, array: impl Into<ArrayRef>) -> String {
    hex(&RecordBatch::try_from_iter_with_nullable([(name, array.into(), true)]).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn any_changed_value_shows(
        rows in rows(&columns(), 1..6),
        at: prop::sample::Index,
        (column, new) in (0..columns().len()).prop_flat_map(|i| (Just(i), value(&columns()[i].1))),
    ) {
        let row = at.index(rows.len());
        let mut changed = rows.clone();
        changed[row][column] = new;
        let same = changed[row] == rows[row];
        let [before, after] = [rows, changed].map(|rows| hex(&batch(&columns(), &rows, Layout::PLAIN)));
        prop_assert_eq!(before == after, same);
    }

    #[test]
    fn a_dropped_or_doubled_row_shows(rows in rows(&columns(), 1..6), at: prop::sample::Index) {
        let row = at.index(rows.len());
        let mut dropped = rows.clone();
        let one = dropped.remove(row);
        let mut doubled = rows.clone();
        doubled.push(one);
        let [whole, dropped, doubled] =
            [rows, dropped, doubled].map(|rows| hex(&batch(&columns(), &rows, Layout::PLAIN)));
        prop_assert_ne!(&whole, &dropped);
        prop_assert_ne!(&whole, &doubled);
    }

    #[test]
    fn values_cannot_trade_rows(a: i64, b: i64, c: i64, d: i64) {
        prop_assume!(a != b && c != d);
        let table = |x: [i64; 2], y: [i64; 2]| {
            let [x, y] = [x, y].map(|column| Arc::new(Int64Array::from(column.to_vec())) as ArrayRef);
            hex(&RecordBatch::try_from_iter([("x", x), ("y", y)]).unwrap())
        };
        prop_assert_ne!(table([a, b], [c, d]), table([b, a], [c, d]));
    }
}

#[test]
fn look_alikes_differ() {
    let list = |values: Vec<Option<Vec<Option<i32>>>>| -> ArrayRef {
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(values))
    };
    let f32s = |bits: u32| -> ArrayRef { Arc::new(Float32Array::from(vec![f32::from_bits(bits)])) };
    let texts = |text: Option<&str>| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
    let digests = [
        ("empty text", column("c", texts(Some("")))),
        ("NULL", column("c", texts(None))),
        ("zero byte", column("c", texts(Some("\0")))),
        ("four zero bytes", column("c", texts(Some("\0\0\0\0")))),
        ("Int32 0", column("c", Arc::new(Int32Array::from(vec![0])) as ArrayRef)),
        ("Int64 0", column("c", Arc::new(Int64Array::from(vec![0])) as ArrayRef)),
        ("0.0", column("c", f32s(0))),
        ("-0.0", column("c", f32s(0x8000_0000))),
        ("NaN", column("c", f32s(0x7fc0_0000))),
        ("NaN with a payload", column("c", f32s(0x7fc0_0001))),
        ("signalling NaN", column("c", f32s(0x7f80_0001))),
        ("empty list", column("c", list(vec![Some(vec![])]))),
        ("list of 0", column("c", list(vec![Some(vec![Some(0)])]))),
        ("list of NULL", column("c", list(vec![Some(vec![None])]))),
        ("list of NULL, NULL", column("c", list(vec![Some(vec![None, None])]))),
        ("other column name", column("d", texts(Some("")))),
        ("no row", column("c", Arc::new(StringArray::from(Vec::<&str>::new())) as ArrayRef)),
    ];
    for (i, (name, digest)) in digests.iter().enumerate() {
        for (other, same) in &digests[..i] {
            assert_ne!(digest, same, "{name} and {other}");
        }
    }
    assert_eq!(column("c", list(vec![None])), column("c", texts(None)), "NULL has no type");
}

#[test]
fn a_missing_column_is_not_a_column_of_nulls() {
    let ids = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let nulls = Arc::new(Int64Array::from(vec![None::<i64>])) as ArrayRef;
    let without = RecordBatch::try_from_iter([("id", ids.clone())]).unwrap();
    let with = RecordBatch::try_from_iter_with_nullable([("id", ids, false), ("x", nulls, true)]).unwrap();
    assert_ne!(hex(&without), hex(&with));
}
