//! The rows of one row group, from the bytes of its columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::ChunkReader;

use crate::buffers::Buffers;
use crate::vectors::read_vectors;

/// Bytes of one batch. Milvus takes small inserts as fast as large ones, and each is in memory twice, as columns and as
/// message.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// Bytes of the largest row of float vectors, of 32,768 elements (Milvus' limit of a dimension). A batch may be larger by
/// one row.
const VECTOR_BYTES: usize = 128 << 10;

/// Buffers for the vectors of batches.
pub(crate) fn vector_buffers() -> Buffers<f32> {
    Buffers::new((BATCH_BYTES + VECTOR_BYTES) / size_of::<f32>())
}

/// The rows of a row group, in batches of about [`BATCH_BYTES`].
///
/// # Errors
/// Columns that cannot be read, or have different lengths.
pub(crate) fn decode<R: ChunkReader + Clone + 'static>(
    file: &R,
    footer: &ArrowReaderMetadata,
    group: usize,
    buffers: &Buffers<f32>,
) -> Result<Vec<RecordBatch>> {
    let row_group = footer.metadata().row_group(group);
    let batch_rows = rows_per_batch(row_group);
    let vectors = vector_columns(file, footer.schema(), row_group, batch_rows, buffers)?;
    let others = row_group.columns().iter().enumerate().map(|(leaf, _)| leaf);
    let others = others.filter(|leaf| vectors.iter().all(|column| column.leaf != *leaf));
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), footer.clone())
        .with_row_groups(vec![group])
        .with_batch_size(batch_rows)
        .with_projection(ProjectionMask::leaves(row_group.schema_descr(), others))
        .build()?;
    let batches = reader.collect::<std::result::Result<Vec<_>, _>>()?;
    with_vectors(batches, vectors, footer.schema())
}

/// A column of vectors that was read by itself.
struct VectorColumn {
    /// Its place among the columns of the schema.
    root: usize,
    /// Its place among the columns of Parquet.
    leaf: usize,
    batches: Vec<ArrayRef>,
}

fn vector_columns<R: ChunkReader + Clone + 'static>(
    file: &R,
    schema: &SchemaRef,
    row_group: &RowGroupMetaData,
    batch_rows: usize,
    buffers: &Buffers<f32>,
) -> Result<Vec<VectorColumn>> {
    let rows = usize::try_from(row_group.num_rows()).unwrap_or(0);
    let mut columns = Vec::new();
    for (leaf, column) in row_group.columns().iter().enumerate() {
        let root = row_group.schema_descr().get_column_root_idx(leaf);
        let DataType::List(element) = schema.field(root).data_type() else { continue };
        if *element.data_type() != DataType::Float32 {
            continue;
        }
        if let Some(batches) = read_vectors(file.clone(), column, element, (rows, batch_rows), buffers)? {
            let batches = batches.into_iter().map(|batch| -> ArrayRef { Arc::new(batch) }).collect();
            columns.push(VectorColumn { root, leaf, batches });
        }
    }
    Ok(columns)
}

/// Puts the columns of vectors to their places.
fn with_vectors(batches: Vec<RecordBatch>, vectors: Vec<VectorColumn>, schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    if vectors.iter().any(|column| column.batches.len() != batches.len()) {
        return Err(ParquetError::General("columns of different lengths".to_owned()));
    }
    let mut columns: Vec<Vec<ArrayRef>> = batches.into_iter().map(|batch| batch.columns().to_vec()).collect();
    for vector in vectors {
        for (columns, batch) in columns.iter_mut().zip(vector.batches) {
            columns.insert(vector.root, batch);
        }
    }
    let complete = columns.into_iter().map(|columns| RecordBatch::try_new(Arc::clone(schema), columns));
    Ok(complete.collect::<std::result::Result<_, _>>()?)
}

fn rows_per_batch(row_group: &RowGroupMetaData) -> usize {
    let [rows, bytes] = [row_group.num_rows(), row_group.total_byte_size()].map(|n| usize::try_from(n).unwrap_or(0));
    rows.div_ceil(bytes.div_ceil(BATCH_BYTES).max(1)).max(1)
}
