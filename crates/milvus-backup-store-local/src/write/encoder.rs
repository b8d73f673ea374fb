//! The encoder of batches to the bytes of one Parquet file, with the digests of its rows. Runs on the compute pool.

use arrow_array::RecordBatch;
use bytes::Bytes;
use milvus_backup_core::schema::{PrimaryKey, RowTrait, value_bytes};
use milvus_backup_core::{Error, PrimaryKeyRange, Result, RowEncoding};
use milvus_backup_integrity::{RowDigest, RowHasher};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowRowGroupWriterFactory;
use parquet::file::writer::SerializedFileWriter;

use super::columns::Columns;
use super::parts::{PartBuffers, Parts};
use super::properties::{ChunkOptions, chunk_options};
use super::row_traits::TraitScanner;
use crate::encoding::encoding;

/// Encodes the rows of one file.
pub(super) struct Encoder {
    writer: SerializedFileWriter<Parts>,
    factory: ArrowRowGroupWriterFactory,
    /// The columns of the open row group.
    columns: Option<Columns>,
    hasher: RowHasher,
    primary_key: usize,
    row_group_bytes: usize,
    in_row_group: usize,
    row_group: RowDigest,
    traits: TraitScanner,
    summary: Summary,
}

/// The summary of a file and its rows. The size and the digest are those of the complete file, and known at its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Summary {
    pub(super) size_bytes: u64,
    pub(super) checksum: String,
    pub(super) rows: u64,
    pub(super) uncompressed_bytes: u64,
    pub(super) digest: RowDigest,
    pub(super) row_groups: Vec<RowDigest>,
    pub(super) keys: Option<PrimaryKeyRange>,
    pub(super) uncompressed_columns: Vec<String>,
    pub(super) row_traits: Vec<RowTrait>,
}

impl Encoder {
    /// Creates an encoder for batches that look like `sample`.
    pub(super) fn new(
        options: &RowEncoding,
        sample: &RecordBatch,
        row_group_bytes: usize,
        buffers: PartBuffers,
    ) -> Result<Self> {
        let schema = sample.schema();
        let primary_key = column_of(sample, &options.schema.primary_key()?.name)?;
        let parts = Parts::new(buffers, options.checksum_algorithm);
        let ChunkOptions { writer, uncompressed_columns } = chunk_options(options, sample)?;
        let writer =
            ArrowWriter::try_new_with_options(parts, schema, writer).and_then(ArrowWriter::into_serialized_writer);
        let (writer, factory) = writer.map_err(encoding("open a Parquet file"))?;
        Ok(Self {
            writer,
            factory,
            columns: None,
            hasher: RowHasher::new(),
            primary_key,
            row_group_bytes,
            in_row_group: 0,
            row_group: RowDigest::default(),
            traits: TraitScanner::new(&options.schema),
            summary: Summary { uncompressed_columns, ..Summary::default() },
        })
    }

    /// Appends a batch, and returns the parts of the file that are full.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<Vec<Bytes>> {
        let digest = self.hasher.digest(batch)?;
        self.encode(batch).map_err(encoding("encode rows as Parquet"))?;
        let bytes = value_bytes(batch);
        self.row_group.merge(&digest);
        self.in_row_group += bytes;
        self.summary.rows += batch.num_rows() as u64;
        self.summary.uncompressed_bytes += bytes as u64;
        self.extend_keys(batch)?;
        self.traits.scan(batch, self.primary_key);
        if self.in_row_group >= self.row_group_bytes {
            self.close_row_group()?;
        }
        Ok(self.writer.inner_mut().take_full())
    }

    fn encode(&mut self, batch: &RecordBatch) -> parquet::errors::Result<()> {
        let columns = match &mut self.columns {
            Some(columns) => columns,
            none => none.insert(Columns::new(&self.writer, &self.factory, batch)?),
        };
        columns.write(batch)
    }

    /// Returns the size of the file so far in bytes, counting closed row groups.
    pub(super) fn file_bytes(&self) -> u64 {
        self.writer.bytes_written() as u64
    }

    /// Completes the file, and returns its last parts.
    pub(super) fn finish(mut self) -> Result<(Vec<Bytes>, Summary)> {
        self.close_row_group()?;
        self.writer.finish().map_err(encoding("end a Parquet file"))?;
        self.summary.size_bytes = self.file_bytes();
        let parts = self.writer.inner_mut();
        self.summary.checksum = parts.digest();
        self.summary.row_traits = self.traits.into_found();
        Ok((parts.take_all(), self.summary))
    }

    fn close_row_group(&mut self) -> Result<()> {
        let Some(columns) = self.columns.take().filter(|_| self.row_group.rows() > 0) else { return Ok(()) };
        columns.close(&mut self.writer).map_err(encoding("end a row group"))?;
        let digest = std::mem::take(&mut self.row_group);
        self.summary.digest.merge(&digest);
        self.summary.row_groups.push(digest);
        self.in_row_group = 0;
        Ok(())
    }

    /// Extends the range of keys. Batches arrive in ascending order of keys.
    fn extend_keys(&mut self, batch: &RecordBatch) -> Result<()> {
        let Some(last_row) = batch.num_rows().checked_sub(1) else { return Ok(()) };
        let keys = batch.column(self.primary_key);
        let max = PrimaryKey::at(keys, last_row)?.to_string();
        match &mut self.summary.keys {
            Some(range) => range.max = max,
            None => self.summary.keys = Some(PrimaryKeyRange { min: PrimaryKey::at(keys, 0)?.to_string(), max }),
        }
        Ok(())
    }
}

/// Returns the index of a column in a batch.
fn column_of(batch: &RecordBatch, name: &str) -> Result<usize> {
    batch
        .schema_ref()
        .index_of(name)
        .map_err(|source| Error::Encoding { action: "find the primary key".to_owned(), source: Box::new(source) })
}
