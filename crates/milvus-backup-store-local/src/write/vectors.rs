//! Columns of float vectors as Parquet pages, without looking at single elements.
//!
//! In a page of vectors of one dimension without NULLs, the repetition levels are the same for every row, and the
//! definition levels the same for every element. So both are written as the few runs that they are (Parquet format,
//! "RLE / Bit-Packing Hybrid"), and the values as the bytes that they are (encoding `PLAIN`). What comes out is what any
//! writer makes of such a column; it only costs less.

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

use super::page::{Segments, page_header, varint};

/// Bytes of values in one page, as other writers have it.
const PAGE_BYTES: usize = 1 << 20;

/// The vectors of a column of one row group: Arrow buffers, until the row group is closed.
#[derive(Debug)]
pub(super) struct VectorColumn {
    descriptor: ColumnDescPtr,
    dim: usize,
    batches: Vec<ListArray>,
}

impl VectorColumn {
    /// A column for vectors like these, where they can be written so.
    pub(super) fn new(descriptor: ColumnDescPtr, sample: &dyn Array) -> Option<Self> {
        let lists = sample.as_list_opt::<i32>()?;
        let dim = usize::try_from(lists.value_offsets().windows(2).next().map(|pair| pair[1] - pair[0])?).ok()?;
        let column = Self { descriptor, dim, batches: Vec::new() };
        (dim > 0 && column.fits(lists)).then_some(column)
    }

    /// Whether all rows have a vector of the dimension, and no element is NULL.
    fn fits(&self, lists: &ListArray) -> bool {
        let offsets = lists.value_offsets();
        let same = || offsets.windows(2).all(|pair| usize::try_from(pair[1] - pair[0]) == Ok(self.dim));
        let values = lists.values();
        values.as_primitive_opt::<Float32Type>().is_some()
            && values.null_count() == 0
            && lists.null_count() == 0
            && same()
    }

    /// Takes in the vectors of a batch. False when they are not like those of the sample.
    pub(super) fn push(&mut self, array: &dyn Array) -> bool {
        let fitting = array.as_list_opt::<i32>().filter(|lists| self.fits(lists));
        self.batches.extend(fitting.cloned());
        fitting.is_some()
    }

    /// What was taken in.
    pub(super) fn into_batches(self) -> Vec<ListArray> {
        self.batches
    }

    /// Adds the column to a row group.
    pub(super) fn append_to<W: Write + Send>(&self, row_group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
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

    /// A data page of version 1: header, repetition levels, definition levels, values.
    fn append_page(&self, chunk: &mut Segments, batch: &ListArray, first: usize, rows: usize) -> Result<()> {
        let elements = rows * self.dim;
        let mut levels = Vec::with_capacity(rows * 8 + 32);
        with_length(&mut levels, |levels| {
            for _ in 0..rows {
                run(levels, 1, 0);
                if self.dim > 1 {
                    run(levels, self.dim - 1, 1);
                }
            }
        });
        let present = u8::try_from(self.descriptor.max_def_level()).unwrap_or(u8::MAX);
        with_length(&mut levels, |levels| run(levels, elements, present));
        let start = usize::try_from(batch.value_offsets()[first]).unwrap_or(0);
        let values = floats(batch.values().as_primitive::<Float32Type>().values().slice(start, elements));
        chunk.push(page_header(levels.len() + values.len(), elements)?);
        chunk.push(levels.into());
        chunk.push(values);
        Ok(())
    }
}

/// Values of `PLAIN` are little-endian.
fn floats(values: ScalarBuffer<f32>) -> Bytes {
    if cfg!(target_endian = "little") {
        Bytes::from_owner(values.into_inner())
    } else {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

/// Levels of version 1 come after their length in bytes.
fn with_length(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    write(bytes);
    let length = u32::try_from(bytes.len() - start - 4).unwrap_or(u32::MAX);
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// A run of one level, whose values take one byte.
fn run(bytes: &mut Vec<u8>, count: usize, level: u8) {
    varint(bytes, (count as u64) << 1);
    bytes.push(level);
}

fn signed(number: impl TryInto<i64> + Copy + Display) -> Result<i64> {
    number.try_into().map_err(|_| ParquetError::General(format!("{number} in a column chunk")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_as_the_format_has_them() {
        let mut bytes = Vec::new();
        run(&mut bytes, 1, 0);
        run(&mut bytes, 767, 1);
        assert_eq!(bytes, [0x02, 0, 0xFE, 0x0B, 1]);
    }

    #[test]
    fn levels_come_after_their_length() {
        let mut bytes = vec![9];
        with_length(&mut bytes, |bytes| bytes.extend_from_slice(&[1, 2, 3]));
        assert_eq!(bytes, [9, 3, 0, 0, 0, 1, 2, 3]);
    }
}
