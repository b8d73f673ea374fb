//! Small collections and rows for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{Float32Builder, ListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType as Arrow, Field};
use milvus_backup_core::schema::{
    CollectionSchema, DataType, FieldSchema, IndexDefinition, LIST_ELEMENT, PrimaryKey, arrow_schema,
};

/// Dimensions of the vectors.
pub const DIM: u16 = 4;

/// A collection that every server takes: the key `id`, the text `text` of at most 64 bytes, and the vector `vector`.
pub fn schema() -> CollectionSchema {
    let text = FieldSchema::new("text", DataType::VarChar).with_param("max_length", 64);
    let vector = FieldSchema::new("vector", DataType::FloatVector).with_param("dim", DIM);
    CollectionSchema::new(vec![key_field(DataType::Int64), text, vector])
}

/// The same with texts as keys.
pub fn text_schema() -> CollectionSchema {
    let mut schema = schema();
    schema.fields[0] = key_field(DataType::VarChar).with_param("max_length", 100);
    schema
}

/// The same with identifiers as keys, which are the numbers in their last bytes.
pub fn uuid_schema() -> CollectionSchema {
    let mut schema = schema();
    schema.fields[0] = key_field(DataType::Uuid);
    schema
}

fn key_field(data_type: DataType) -> FieldSchema {
    FieldSchema { is_primary: true, ..FieldSchema::new("id", data_type) }
}

/// Rows for these keys; those of a collection with texts as keys are `key-` and the number. The text of a row is `tag` and
/// its number.
pub fn rows(schema: &CollectionSchema, keys: impl IntoIterator<Item = i64>, tag: &str) -> RecordBatch {
    let keys: Vec<i64> = keys.into_iter().collect();
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(keys.iter().map(|key| format!("{tag}{key}"))));
    let named = keys.iter().map(|key| format!("key-{key}"));
    let key_column: ArrayRef = match schema.fields[0].data_type {
        DataType::Int64 => Arc::new(Int64Array::from(keys.clone())),
        DataType::Uuid => {
            let bytes = keys.iter().map(|key| i128::from(*key).to_be_bytes());
            Arc::new(FixedSizeBinaryArray::try_from_iter(bytes).unwrap())
        }
        _ => Arc::new(StringArray::from_iter_values(named)),
    };
    with_columns(schema, &key_column, &texts)
}

/// Rows with these texts as keys and as texts.
pub fn text_rows(schema: &CollectionSchema, keys: &[&str]) -> RecordBatch {
    let keys: ArrayRef = Arc::new(StringArray::from(keys.to_vec()));
    with_columns(schema, &keys, &keys)
}

fn with_columns(schema: &CollectionSchema, keys: &ArrayRef, texts: &ArrayRef) -> RecordBatch {
    let rows = keys.len();
    let element = Arc::new(Field::new(LIST_ELEMENT, Arrow::Float32, false));
    let mut vectors = ListBuilder::new(Float32Builder::new()).with_field(element);
    for row in 0..rows {
        let first = f32::from(u16::try_from(row % 1000).unwrap());
        vectors.values().append_slice(&[first, 1.0, 2.0, 3.0]);
        vectors.append(true);
    }
    let vectors: ArrayRef = Arc::new(vectors.finish());
    let arrow = arrow_schema(schema).unwrap();
    let columns = arrow.fields().iter().map(|field| match field.name().as_str() {
        "id" => Arc::clone(keys),
        "text" => Arc::clone(texts),
        "vector" => Arc::clone(&vectors),
        _ => Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("{{\"row\":{row}}}")))) as ArrayRef,
    });
    RecordBatch::try_new(Arc::new(arrow.clone()), columns.collect()).unwrap()
}

/// An index of the vectors that every server takes.
pub fn index() -> IndexDefinition {
    index_of("FLAT", "{}")
}

/// An index of the vectors of this type, with these parameters as a JSON object.
pub fn index_of(index_type: &str, params: &str) -> IndexDefinition {
    let params = [("index_type", index_type), ("metric_type", "L2"), ("params", params)];
    let params: BTreeMap<String, String> =
        params.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    IndexDefinition { field_name: "vector".to_owned(), index_name: "by_vector".to_owned(), params }
}

/// Keys of type `Int64`.
pub fn keys(keys: impl IntoIterator<Item = i64>) -> Vec<PrimaryKey> {
    keys.into_iter().map(PrimaryKey::Int64).collect()
}

/// The texts of rows, in their order.
pub fn texts(rows: &RecordBatch) -> Vec<String> {
    rows.column_by_name("text").unwrap().as_string::<i32>().iter().map(|text| text.unwrap().to_owned()).collect()
}

/// The keys of rows, in their order.
pub fn keys_of(rows: &RecordBatch) -> Vec<i64> {
    rows.column_by_name("id").unwrap().as_primitive::<Int64Type>().values().to_vec()
}
