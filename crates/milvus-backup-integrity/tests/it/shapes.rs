//! What has no digest, batches at the edges, and digests that must never change.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, Date64Array, FixedSizeListArray, Float32Array, Int64Array, ListArray, RecordBatch,
    RecordBatchOptions, StringArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Schema};
use milvus_backup_integrity::{Error, RowDigest, RowHasher};

fn digest(batch: &RecordBatch) -> Result<RowDigest, Error> {
    RowHasher::new().digest(batch)
}

#[test]
fn an_unsupported_type_is_named_even_inside_a_list_and_leaves_the_digest_alone() {
    let dates = Arc::new(Date64Array::from(vec![1])) as ArrayRef;
    let field = Arc::new(Field::new("item", DataType::Date64, true));
    let list = Arc::new(ListArray::new(field, OffsetBuffer::from_lengths([1]), dates.clone(), None)) as ArrayRef;
    for array in [dates, list] {
        let ids = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("id", ids), ("when", array)]).unwrap();
        let mut running = RowDigest::default();
        let error = running.update(&batch).unwrap_err();
        assert_eq!(error.to_string(), "column `when` has type Date64, for which there is no row digest");
        assert_eq!(running, RowDigest::default());
    }
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let ids = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let field = Field::new("id", DataType::Int64, false);
    let batch =
        RecordBatch::try_new(Arc::new(Schema::new(vec![field.clone(), field])), vec![ids.clone(), ids]).unwrap();
    assert!(matches!(digest(&batch), Err(Error::DuplicateColumn { column }) if column == "id"));
}

#[test]
fn nesting_ends_somewhere() {
    let mut array = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    for _ in 0..40 {
        let field = Arc::new(Field::new("item", array.data_type().clone(), true));
        array = Arc::new(ListArray::new(field, OffsetBuffer::from_lengths([1]), array, None));
    }
    let batch = RecordBatch::try_from_iter([("deep", array)]).unwrap();
    assert!(matches!(digest(&batch), Err(Error::UnsupportedType { column, .. }) if column == "deep"));
}

#[test]
fn rows_without_columns_and_lists_without_room_have_a_digest() {
    let options = RecordBatchOptions::new().with_row_count(Some(3));
    let bare = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options).unwrap();
    assert_eq!(digest(&bare).unwrap().rows(), 3);

    let field = Arc::new(Field::new("item", DataType::Float32, true));
    let none = Arc::new(Float32Array::from(Vec::<f32>::new()));
    let zero = FixedSizeListArray::try_new_with_length(field, 0, none, None, 2).unwrap();
    let batch = RecordBatch::try_from_iter([("v", Arc::new(zero) as ArrayRef)]).unwrap();
    assert_eq!(digest(&batch).unwrap().rows(), 2);
}

/// Version 1 is in repositories that exist: a change here means a new version, not a new expectation.
#[test]
fn version_1_stays() {
    let ids = Arc::new(Int64Array::from(vec![1, -2, i64::MAX])) as ArrayRef;
    let names = Arc::new(StringArray::from(vec![Some("a"), None, Some("")])) as ArrayRef;
    let field = Arc::new(Field::new("item", DataType::Float32, false));
    let values = Arc::new(Float32Array::from(vec![0.5, -0.0, 1.0, 2.0, f32::INFINITY, 3.0]));
    let vectors = Arc::new(FixedSizeListArray::new(field, 2, values, None)) as ArrayRef;
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("id", ids, false),
        ("name", names, true),
        ("vector", vectors, false),
    ])
    .unwrap();
    assert_eq!(digest(&batch).unwrap().to_hex(), "05f0e863f613e9578391542c914401bd");
    assert_eq!(RowDigest::default().to_hex(), "0".repeat(32));
}
