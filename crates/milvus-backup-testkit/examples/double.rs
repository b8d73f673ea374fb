//! Starts a double of a recent Milvus with a loaded collection `rows` of as many rows and dimensions as the command line says,
//! prints its URI, and holds it until standard input ends: for measuring what a client costs.
//!
//! `cargo run --release --package milvus-backup-testkit --features columns,double --example double -- 200000 128`

use std::error::Error;
use std::io::Read as _;
use std::sync::Arc;

use arrow_array::builder::{Float32Builder, ListBuilder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType as Arrow, Field};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, LIST_ELEMENT, arrow_schema};
use milvus_backup_core::{Catalog, CollectionName, RowSink};
use milvus_backup_testkit::fakes::{Double, Version, samples};

/// Rows of one insert.
const BATCH: i64 = 10_000;

fn schema(dim: usize) -> CollectionSchema {
    let id = FieldSchema { is_primary: true, ..FieldSchema::new("id", DataType::Int64) };
    let text = FieldSchema::new("text", DataType::VarChar).with_param("max_length", 64);
    CollectionSchema::new(vec![id, text, FieldSchema::new("vector", DataType::FloatVector).with_param("dim", dim)])
}

fn rows(schema: &CollectionSchema, keys: std::ops::Range<i64>, dim: usize) -> Result<RecordBatch, Box<dyn Error>> {
    let element = Arc::new(Field::new(LIST_ELEMENT, Arrow::Float32, false));
    let mut vectors = ListBuilder::new(Float32Builder::new()).with_field(element);
    let vector: Vec<f32> = (0_u16..).take(dim).map(f32::from).collect();
    for _ in keys.clone() {
        vectors.values().append_slice(&vector);
        vectors.append(true);
    }
    let texts = StringArray::from_iter_values(keys.clone().map(|key| format!("the text of row {key}")));
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from_iter_values(keys)), Arc::new(texts), Arc::new(vectors.finish())];
    Ok(RecordBatch::try_new(Arc::new(arrow_schema(schema)?), columns)?)
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, dim] = arguments.as_slice() else { return Err("usage: double ROWS DIMENSIONS".into()) };
    let (count, dim): (i64, usize) = (count.parse()?, dim.parse()?);
    let double = Double::start(Version::new(3, 0, 2));
    let (milvus, name, schema): (_, CollectionName, _) = (double.milvus(), "rows".parse()?, schema(dim));
    futures::executor::block_on(async {
        milvus.create_collection(&name, &schema).await?;
        milvus.create_index(&name, &samples::index()).await?;
        for first in (0..count).step_by(usize::try_from(BATCH)?) {
            milvus.insert(&name, &schema, None, rows(&schema, first..(first + BATCH).min(count), dim)?).await?;
        }
        milvus.flush(&name).await?;
        milvus.load_collection(&name, None).await?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    println!("{}", double.uri());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
