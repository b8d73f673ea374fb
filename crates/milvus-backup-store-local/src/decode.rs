//! The decoding of the rows of one row group from the bytes of its columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use milvus_backup_core::schema::{CollectionSchema, DataType as MilvusType, stored_fields};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::ChunkReader;

use crate::vectors::{VectorBatches, read_vectors};
use milvus_backup_storage::BufferPool;

/// Target size of one batch in bytes. Milvus accepts small inserts as fast as large ones, and each is in memory twice,
/// as columns and as message.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// Maximum number of dimensions of a vector in Milvus.
const MAX_DIM: usize = 32_768;

/// Buffers for the float vectors of batches, by the name of their column.
#[derive(Debug)]
pub(crate) struct VectorBuffers(BTreeMap<String, BufferPool<f32>>);

impl VectorBuffers {
    /// Creates the buffers for rows of `schema`.
    pub(crate) fn of(schema: &CollectionSchema) -> Self {
        let columns = stored_fields(schema).filter(|field| field.data_type == MilvusType::FloatVector);
        let dims: Vec<_> = columns.filter_map(|field| Some((&field.name, field.dim().ok()?))).collect();
        let row_elements = dims.iter().fold(0_usize, |sum, (_, dim)| sum.saturating_add(*dim)).max(1);
        // A batch may be larger by one row. The dimension is untrusted input.
        let rows = BATCH_BYTES / size_of::<f32>() / row_elements + 1;
        let elements = |dim: usize| rows.saturating_mul(dim).min(BATCH_BYTES / size_of::<f32>() + MAX_DIM);
        Self(dims.into_iter().map(|(name, dim)| (name.clone(), BufferPool::new(elements(dim)))).collect())
    }
}

/// Returns the rows of a row group, in batches of about [`BATCH_BYTES`].
///
/// # Errors
/// Fails for columns that cannot be read, or have different lengths.
pub(crate) fn decode<R: ChunkReader + Clone + 'static>(
    file: &R,
    footer: &ArrowReaderMetadata,
    group: usize,
    buffers: &VectorBuffers,
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

/// A column of vectors that was read separately.
struct DecodedVectors {
    /// Its index among the columns of the schema.
    root: usize,
    /// Its index among the leaf columns of Parquet.
    leaf: usize,
    batches: Vec<ArrayRef>,
}

fn vector_columns<R: ChunkReader + Clone + 'static>(
    file: &R,
    schema: &SchemaRef,
    row_group: &RowGroupMetaData,
    batch_rows: usize,
    buffers: &VectorBuffers,
) -> Result<Vec<DecodedVectors>> {
    let rows = usize::try_from(row_group.num_rows()).unwrap_or(0);
    let mut columns = Vec::new();
    for (leaf, column) in row_group.columns().iter().enumerate() {
        let root = row_group.schema_descr().get_column_root_idx(leaf);
        let field = schema.field(root);
        let (DataType::List(element), Some(buffers)) = (field.data_type(), buffers.0.get(field.name())) else {
            continue;
        };
        if let Some(batches) =
            read_vectors(file.clone(), column, rows, &VectorBatches { rows: batch_rows, element, buffers })?
        {
            let batches = batches.into_iter().map(|batch| -> ArrayRef { Arc::new(batch) }).collect();
            columns.push(DecodedVectors { root, leaf, batches });
        }
    }
    Ok(columns)
}

/// Inserts the columns of vectors at their positions.
fn with_vectors(
    batches: Vec<RecordBatch>,
    vectors: Vec<DecodedVectors>,
    schema: &SchemaRef,
) -> Result<Vec<RecordBatch>> {
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
