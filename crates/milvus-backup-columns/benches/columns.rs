//! Columns of Milvus' protocol to Arrow and back.
//!
//! `cargo bench -p milvus-backup-columns`

#![allow(clippy::unwrap_used, reason = "a program for people to run and read")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use milvus::proto::milvus::QueryResults;
use milvus::proto::schema::{
    FieldData, FloatArray, LongArray, ScalarField, StringArray, VectorField, field_data, scalar_field, vector_field,
};
use milvus_backup_columns::{decode_columns, encode_columns};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
use prost::Message;

const ROWS: u16 = 2_000;
const DIM: u16 = 768;

fn schema() -> CollectionSchema {
    let mut id = FieldSchema::new("id", DataType::Int64);
    id.is_primary = true;
    let mut vector = FieldSchema::new("vector", DataType::FloatVector);
    vector.type_params.insert("dim".to_owned(), DIM.to_string());
    CollectionSchema::new(vec![id, FieldSchema::new("text", DataType::VarChar), vector])
}

fn columns() -> Vec<FieldData> {
    let scalar = |name: &str, data| FieldData {
        field_name: name.to_owned(),
        field: Some(field_data::Field::Scalars(ScalarField { data: Some(data), ..ScalarField::default() })),
        ..FieldData::default()
    };
    let texts = (0..ROWS).map(|row| format!("the text of row {row}")).collect();
    let elements = (0..u32::from(ROWS) * u32::from(DIM)).map(|element| f32::from_bits(element | 0x3F00_0000)).collect();
    let vectors = VectorField {
        dim: i64::from(DIM),
        data: Some(vector_field::Data::FloatVector(FloatArray { data: elements })),
        ..VectorField::default()
    };
    vec![
        scalar("id", scalar_field::Data::LongData(LongArray { data: (0..i64::from(ROWS)).collect() })),
        scalar("text", scalar_field::Data::StringData(StringArray { data: texts })),
        FieldData {
            field_name: "vector".to_owned(),
            field: Some(field_data::Field::Vectors(vectors)),
            ..FieldData::default()
        },
    ]
}

fn conversion(criterion: &mut Criterion) {
    let (schema, columns) = (schema(), columns());
    let batch = decode_columns(&schema, usize::from(ROWS), columns.clone()).unwrap();
    let message = QueryResults { fields_data: columns.clone(), ..QueryResults::default() }.encode_to_vec();
    let mut group = criterion.benchmark_group("columns");
    group.throughput(Throughput::Bytes(message.len() as u64));
    group.bench_function("message, by the generated code", |bencher| {
        bencher.iter(|| QueryResults::decode(message.as_slice()).unwrap());
    });
    group.bench_function("to Arrow", |bencher| {
        let rows = usize::from(ROWS);
        let decode = |columns| decode_columns(&schema, rows, columns).unwrap();
        bencher.iter_batched(|| columns.clone(), decode, BatchSize::LargeInput);
    });
    group.bench_function("from Arrow", |bencher| {
        bencher.iter(|| encode_columns(&schema, &batch).unwrap());
    });
    group.finish();
}

criterion_group!(benches, conversion);
criterion_main!(benches);
