//! How Parquet is written, so that Milvus' own bulk import reads it: data page version 1, no LZ4, no byte-stream
//! split, no stored Arrow schema.

use milvus_backup_core::schema::{CollectionSchema, DataType, LIST_ELEMENT, stored_fields};
use milvus_backup_core::{BackupPlan, CompressionCodec, Error, Result};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::error::encoding;

/// The options of the writer of one chunk.
pub(super) fn writer_options(plan: &BackupPlan) -> Result<ArrowWriterOptions> {
    let schema = &plan.description.schema;
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("milvus-br ", env!("CARGO_PKG_VERSION")).to_owned())
        // Row groups are closed by size in bytes, by the encoder.
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_compression(compression(plan.compression_codec, plan.compression_level)?);
    for path in vector_columns(schema) {
        // No two vectors are alike: a dictionary or a minimum over their elements costs time and gives nothing.
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    Ok(ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true))
}

fn vector_columns(schema: &CollectionSchema) -> impl Iterator<Item = ColumnPath> {
    stored_fields(schema).filter(|field| field.data_type.is_vector()).map(|field| {
        let name = field.name.clone();
        ColumnPath::new(if field.data_type == DataType::SparseFloatVector {
            vec![name]
        } else {
            vec![name, "list".to_owned(), LIST_ELEMENT.to_owned()]
        })
    })
}

/// Zstandard and gzip take the level as it is; snappy has none.
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
