//! Every data type, from the columns a server sends through Arrow and Parquet to the columns of an insert.
//!
//! No server holds all types, so the messages are made here, in every form that servers are known to send:
//! values under NULLs or left out, arrays without data, fields in any order, `$meta` with and without its flag.

use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{ArrayRef, ListArray, RecordBatch, StringArray};
use bytes::Bytes;
use milvus::proto::schema::FieldData;
use milvus_backup_columns::{WireColumn, decode_columns, encode_columns};
use milvus_backup_core::Error;
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_backup_testkit::columns::{Column, Kind, Profile, Style, Table, receive, send, table};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use proptest::prelude::*;
use prost::Message;

/// The columns of an insert, after a way through Arrow and Parquet.
fn through_parquet(schema: &CollectionSchema, rows: usize, columns: Vec<FieldData>) -> Vec<FieldData> {
    let batch = decode_columns(schema, rows, columns).unwrap();
    let options = ArrowWriterOptions::new().with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    let file = writer.into_inner().unwrap();
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::from(file), options).unwrap();
    let mut batches = reader.with_batch_size(rows.max(1)).build().unwrap();
    let batch = batches.next().unwrap().unwrap();
    assert!(batches.next().is_none());
    let columns = encode_columns(schema, &batch).unwrap();
    columns.into_iter().map(|column| column.try_into().unwrap()).collect()
}

fn assert_same(table: &Table, sent: &[FieldData]) {
    assert_eq!(sent.len(), table.columns.len());
    for column in &table.columns {
        let name = column.name();
        let field = sent.iter().find(|field| field.field_name == name).unwrap();
        let flagged = match &column.kind {
            Kind::Field(schema) => schema.nullable,
            Kind::Struct(schema) => schema.nullable,
            Kind::Dynamic => false,
        };
        assert_eq!(flagged, !field.valid_data.is_empty(), "flags exactly where NULL is possible");
        assert_eq!(receive(&column.kind, field, table.rows), column.cells, "column {name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_value_of_every_type_survives(table in table(Profile::everything()), styles in any::<[Style; 4]>(), order in any::<u64>()) {
        let mut columns: Vec<FieldData> =
            table.columns.iter().zip(styles.iter().cycle()).map(|(column, style)| send(column, *style)).collect();
        let middle = usize::try_from(order).unwrap_or(0) % columns.len();
        columns.rotate_left(middle);
        let sent = through_parquet(&table.schema(), table.rows, columns);
        assert_same(&table, &sent);
    }

    #[test]
    fn a_batch_does_not_depend_on_the_form_that_a_server_chose(table in table(Profile::everything()), style in any::<Style>()) {
        let sent = |style| table.columns.iter().map(move |column| send(column, style));
        let expected = decode_columns(&table.schema(), table.rows, sent(Style::Full)).unwrap();
        prop_assert_eq!(&decode_columns(&table.schema(), table.rows, sent(style)).unwrap(), &expected);
        // As bytes of a response, with float vectors that are not aligned.
        let bytes = sent(style).map(|column| [&[0][..], &column.encode_to_vec()].concat());
        let received = bytes.map(|bytes| WireColumn::decode(Bytes::from(bytes).slice(1..)).unwrap());
        prop_assert_eq!(&decode_columns(&table.schema(), table.rows, received).unwrap(), &expected);
    }

    #[test]
    fn a_column_of_another_length_is_an_error(table in table(Profile::everything())) {
        let columns: Vec<FieldData> = table.columns.iter().map(|column| send(column, Style::Full)).collect();
        prop_assert!(decode_columns(&table.schema(), table.rows + 1, columns).is_err());
    }
}

#[test]
fn an_empty_array_is_sent_with_its_type() {
    use milvus::proto::schema::{field_data, scalar_field};

    let table = Table { rows: 1, columns: vec![Column::empty_array("tags")] };
    let sent = through_parquet(&table.schema(), 1, vec![send(&table.columns[0], Style::Bare)]);
    let Some(field_data::Field::Scalars(scalars)) = &sent[0].field else { panic!("no scalars") };
    let Some(scalar_field::Data::ArrayData(arrays)) = &scalars.data else { panic!("no arrays") };
    assert!(arrays.data[0].data.is_some(), "an empty array is written with its type");
}

#[test]
fn what_cannot_be_sent_is_not_blamed_on_the_server() {
    let vector = FieldSchema::new("vector", DataType::FloatVector);
    let batch = |column: ArrayRef| RecordBatch::try_from_iter([("vector", column)]).unwrap();
    let texts = batch(Arc::new(StringArray::from(vec!["no vector"])));
    let lists = ListArray::from_iter_primitive::<Float32Type, _, _>([Some(vec![Some(0.5), Some(1.0)])]);
    let lists = batch(Arc::new(lists));
    for (field, batch) in [
        (vector.clone().with_param("dim", 2), &texts),
        (vector.clone().with_param("dim", 3), &lists),
        // A schema that does not say how long its vectors are.
        (vector, &lists),
        (FieldSchema::new("another", DataType::Int64), &lists),
    ] {
        let error = encode_columns(&CollectionSchema::new(vec![field]), batch).unwrap_err();
        assert!(matches!(error, Error::Encoding { .. }), "{error}");
    }
}
