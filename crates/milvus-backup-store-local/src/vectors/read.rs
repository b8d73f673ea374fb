//! Columns of float vectors from Parquet pages.

use std::sync::Arc;

use arrow_array::{Float32Array, ListArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::FieldRef;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::Result;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use super::levels;
use crate::buffers::Buffers;

/// The vectors of a column of a row group of `rows` rows, in batches of `batch_rows`, of which the last may have fewer.
/// Their elements lie in `buffers`. `None` for pages that are not as [`VectorColumn`](super::VectorColumn) writes them,
/// which only a general reader can read.
///
/// # Errors
/// Pages that cannot be read at all.
pub(crate) fn read_vectors<R: ChunkReader + 'static>(
    file: R,
    column: &ColumnChunkMetaData,
    element: &FieldRef,
    (rows, batch_rows): (usize, usize),
    buffers: &Buffers<f32>,
) -> Result<Option<Vec<ListArray>>> {
    let Some(mut batches) = Batches::new(column, element, rows, batch_rows, buffers) else { return Ok(None) };
    let present = u8::try_from(column.column_descr().max_def_level()).unwrap_or(u8::MAX);
    let mut pages = SerializedPageReader::new(Arc::new(file), column, rows, None)?;
    let mut left = rows;
    while let Some(page) = pages.get_next_page()? {
        let Some((page_rows, values)) = vectors_of(&page, batches.dim, present).filter(|(rows, _)| *rows <= left)
        else {
            return Ok(None);
        };
        left -= page_rows;
        batches.push(values)?;
    }
    if left == 0 { batches.finish().map(Some) } else { Ok(None) }
}

/// The number of vectors of a page, and the bytes of their elements.
fn vectors_of(page: &Page, dim: usize, present: u8) -> Option<(usize, &[[u8; 4]])> {
    let Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } = page else {
        return None;
    };
    if (*encoding, *def_level_encoding, *rep_level_encoding) != (Encoding::PLAIN, Encoding::RLE, Encoding::RLE) {
        return None;
    }
    let elements = usize::try_from(*num_values).ok().filter(|elements| elements % dim == 0)?;
    // Before memory is asked for: the numbers may come from an enemy.
    let (found, values) = buf.split_at_checked(buf.len().checked_sub(elements.checked_mul(size_of::<f32>())?)?)?;
    let rows = elements / dim;
    let (values, _) = values.as_chunks();
    (found == levels(rows, dim, present)).then_some((rows, values))
}

/// Elements that come page by page, and leave as batches of vectors.
struct Batches<'a> {
    dim: usize,
    /// Elements of a batch.
    batch_elements: usize,
    element: &'a FieldRef,
    buffers: &'a Buffers<f32>,
    filling: Vec<f32>,
    full: Vec<ListArray>,
}

impl<'a> Batches<'a> {
    /// For a column that can have vectors of one dimension.
    fn new(
        column: &ColumnChunkMetaData,
        element: &'a FieldRef,
        rows: usize,
        batch_rows: usize,
        buffers: &'a Buffers<f32>,
    ) -> Option<Self> {
        let elements = usize::try_from(column.num_values()).ok()?;
        let dim = elements.checked_div(rows).filter(|dim| *dim > 0 && dim * rows == elements)?;
        let batch_elements = dim.checked_mul(batch_rows).filter(|elements| i32::try_from(*elements).is_ok())?;
        let lists_of_floats = column.column_type() == Type::FLOAT && column.column_descr().max_rep_level() == 1;
        lists_of_floats.then(|| Self {
            dim,
            batch_elements,
            element,
            buffers,
            filling: buffers.take(),
            full: Vec::new(),
        })
    }

    fn push(&mut self, mut values: &[[u8; 4]]) -> Result<()> {
        while !values.is_empty() {
            let (fitting, rest) = values.split_at(values.len().min(self.batch_elements - self.filling.len()));
            self.filling.extend(fitting.iter().copied().map(f32::from_le_bytes));
            values = rest;
            if self.filling.len() == self.batch_elements {
                self.complete()?;
            }
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<()> {
        let elements = std::mem::replace(&mut self.filling, self.buffers.take());
        let lengths = OffsetBuffer::from_lengths(std::iter::repeat_n(self.dim, elements.len() / self.dim));
        let elements = Float32Array::new(ScalarBuffer::from(Buffer::from(self.buffers.lend(elements))), None);
        self.full.push(ListArray::try_new(Arc::clone(self.element), lengths, Arc::new(elements), None)?);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<ListArray>> {
        if !self.filling.is_empty() {
            self.complete()?;
        }
        Ok(self.full)
    }
}
