//! The properties with which Parquet is written, such that Milvus' own bulk import can read it: data page version 1, no
//! LZ4, no byte-stream split, no stored Arrow schema.

use arrow_array::RecordBatch;
use milvus_backup_core::schema::{CollectionSchema, DataType, LIST_ELEMENT, stored_fields};
use milvus_backup_core::{CompressionCodec, Error, Result, RowEncoding};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, GzipLevel, Type as PhysicalType, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::{ColumnDescPtr, ColumnPath};

use super::compressibility::{MIN_SAMPLE_BYTES, leaves, shrinks};
use crate::encoding::encoding;

/// The options of one chunk.
pub(super) struct ChunkOptions {
    pub(super) writer: ArrowWriterOptions,
    /// Columns that are not compressed although a codec was requested.
    pub(super) uncompressed_columns: Vec<String>,
}

/// Returns the options of a chunk whose columns look like those of `sample`.
pub(super) fn chunk_options(options: &RowEncoding, sample: &RecordBatch) -> Result<ChunkOptions> {
    let schema = &options.schema;
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("milvus-br ", env!("CARGO_PKG_VERSION")).to_owned())
        // The encoder closes row groups by size in bytes.
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_compression(compression(options.compression_codec, options.compression_level)?);
    let vectors: Vec<ColumnPath> = vector_columns(schema).collect();
    for path in &vectors {
        // No two vectors are equal: a dictionary or statistics of their elements cost time and have no benefit.
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path.clone(), EnabledStatistics::None);
    }
    for path in float_leaves(sample)? {
        // Statistics exclude NaN, and readers interpret this differently when they filter: some lose rows.
        properties = properties.set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    let mut uncompressed_columns = Vec::new();
    for (path, values) in leaves(sample).filter(|_| options.compression_enabled) {
        // A few bytes of another type are not representative: they may be the first of many equal values.
        let telling = vectors.contains(&path) || values.len() >= MIN_SAMPLE_BYTES;
        if telling && !shrinks(&values) {
            uncompressed_columns.extend(path.parts().first().cloned());
            properties = properties.set_column_compression(path, Compression::UNCOMPRESSED);
        }
    }
    let writer = ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
    Ok(ChunkOptions { writer, uncompressed_columns })
}

/// Returns the Parquet columns of floating-point numbers, including those within lists and structs.
fn float_leaves(sample: &RecordBatch) -> Result<Vec<ColumnPath>> {
    let parquet =
        ArrowSchemaConverter::new().convert(&sample.schema()).map_err(encoding("describe columns as Parquet"))?;
    let is_float =
        |column: &&ColumnDescPtr| matches!(column.physical_type(), PhysicalType::FLOAT | PhysicalType::DOUBLE);
    Ok(parquet.columns().iter().filter(is_float).map(|column| column.path().clone()).collect())
}

fn vector_columns(schema: &CollectionSchema) -> impl Iterator<Item = ColumnPath> {
    stored_fields(schema).filter(|field| field.data_type.is_vector()).map(|field| {
        let name = field.name.clone();
        ColumnPath::new(if field.data_type == DataType::SparseFloatVector { vec![name] } else { list_elements(name) })
    })
}

/// Returns the path of the elements of a list column.
pub(super) fn list_elements(name: String) -> Vec<String> {
    vec![name, "list".to_owned(), LIST_ELEMENT.to_owned()]
}

/// Returns the compression: Zstandard and gzip use the level as it is; snappy has none.
fn compression(codec: CompressionCodec, level: u8) -> Result<Compression> {
    Ok(match codec {
        CompressionCodec::None => Compression::UNCOMPRESSED,
        CompressionCodec::Snappy => Compression::SNAPPY,
        CompressionCodec::Zstd => {
            Compression::ZSTD(ZstdLevel::try_new(i32::from(level)).map_err(encoding("set the zstd level"))?)
        }
        CompressionCodec::Gzip => {
            Compression::GZIP(GzipLevel::try_new(u32::from(level)).map_err(encoding("set the gzip level"))?)
        }
        other => return Err(Error::Unsupported { what: format!("compression {other}") }),
    })
}
