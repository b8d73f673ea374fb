//! Writing of columns of float vectors as Parquet pages.

use std::fmt::Display;
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use arrow_array::{Array, ListArray};
use arrow_buffer::ScalarBuffer;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::Length;
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::ColumnDescPtr;

use super::levels::levels;
use super::page::{Segments, page_header};

/// Size of the values of one page in bytes, as in other writers.
const PAGE_BYTES: usize = 1 << 20;

/// The vectors of a column of one row group, held as Arrow buffers until the row group is closed.
#[derive(Debug)]
pub(crate) struct VectorColumn {
    descriptor: ColumnDescPtr,
    dim: usize,
    batches: Vec<ListArray>,
}

impl VectorColumn {
    /// Creates a column for vectors like these; `None` if they cannot be written this way.
    pub(crate) fn new(descriptor: ColumnDescPtr, sample: &dyn Array) -> Option<Self> {
        let lists = sample.as_list_opt::<i32>()?;
        let dim = usize::try_from(lists.value_offsets().windows(2).next().map(|pair| pair[1] - pair[0])?).ok()?;
        let column = Self { descriptor, dim, batches: Vec::new() };
        (dim > 0 && column.fits(lists)).then_some(column)
    }

    /// Returns whether all rows have a vector of the dimension, and no element is NULL.
    fn fits(&self, lists: &ListArray) -> bool {
        let offsets = lists.value_offsets();
        let same = || offsets.windows(2).all(|pair| usize::try_from(pair[1] - pair[0]) == Ok(self.dim));
        let values = lists.values();
        values.as_primitive_opt::<Float32Type>().is_some()
            && values.null_count() == 0
            && lists.null_count() == 0
            && same()
    }

    /// Appends the vectors of a batch. Returns false if they differ from those of the sample.
    pub(crate) fn push(&mut self, array: &dyn Array) -> bool {
        let fitting = array.as_list_opt::<i32>().filter(|lists| self.fits(lists));
        self.batches.extend(fitting.cloned());
        fitting.is_some()
    }

    /// Returns the appended batches.
    pub(crate) fn into_batches(self) -> Vec<ListArray> {
        self.batches
    }

    /// Adds the column to a row group.
    pub(crate) fn append_to<W: Write + Send>(&self, row_group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        let rows: usize = self.batches.iter().map(Array::len).sum();
        let mut chunk = Segments::default();
        for batch in &self.batches {
            for first in (0..batch.len()).step_by(self.rows_per_page()) {
                self.append_page(&mut chunk, batch, first, self.rows_per_page().min(batch.len() - first))?;
            }
        }
        let close = self.close(rows, chunk.len())?;
        row_group.append_column(&chunk, close)
    }

    fn close(&self, rows: usize, bytes: u64) -> Result<ColumnCloseResult> {
        let metadata = ColumnChunkMetaData::builder(self.descriptor.clone())
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE])
            .set_compression(Compression::UNCOMPRESSED)
            .set_num_values(signed(rows * self.dim)?)
            .set_total_compressed_size(signed(bytes)?)
            .set_total_uncompressed_size(signed(bytes)?)
            .set_data_page_offset(0)
            .build()?;
        Ok(ColumnCloseResult {
            bytes_written: bytes,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        })
    }

    fn rows_per_page(&self) -> usize {
        (PAGE_BYTES / (self.dim * size_of::<f32>())).max(1)
    }

    /// Appends a data page of version 1: header, repetition levels, definition levels, values.
    fn append_page(&self, chunk: &mut Segments, batch: &ListArray, first: usize, rows: usize) -> Result<()> {
        let elements = rows * self.dim;
        let present = u8::try_from(self.descriptor.max_def_level()).unwrap_or(u8::MAX);
        let levels = levels(rows, self.dim, present);
        let start = usize::try_from(batch.value_offsets()[first]).unwrap_or(0);
        let values = floats(batch.values().as_primitive::<Float32Type>().values().slice(start, elements));
        chunk.push(page_header(levels.len() + values.len(), elements)?);
        chunk.push(levels.into());
        chunk.push(values);
        Ok(())
    }
}

/// Returns the bytes of the values, which `PLAIN` stores in little-endian order.
fn floats(values: ScalarBuffer<f32>) -> Bytes {
    if cfg!(target_endian = "little") {
        Bytes::from_owner(values.into_inner())
    } else {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

fn signed(number: impl TryInto<i64> + Copy + Display) -> Result<i64> {
    number.try_into().map_err(|_| ParquetError::General(format!("{number} in a column chunk")))
}
