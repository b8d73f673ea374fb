//! Reading of columns of float vectors from Parquet pages.

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

use super::levels::levels;
use milvus_backup_storage::BufferPool;

/// The form of the batches that vectors are assembled to.
#[derive(Debug)]
pub(crate) struct VectorBatches<'a> {
    /// Number of vectors of a batch; the last one may have fewer.
    pub(crate) rows: usize,
    /// The Arrow field of the elements.
    pub(crate) element: &'a FieldRef,
    /// Buffers for the elements.
    pub(crate) buffers: &'a BufferPool<f32>,
}

/// Returns the vectors of a column of a row group of `rows` rows, in batches. `None` for pages that differ from those
/// of [`VectorColumn`](super::VectorColumn), which only a general reader can read.
///
/// # Errors
/// Fails for pages that cannot be read at all.
pub(crate) fn read_vectors<R: ChunkReader + 'static>(
    file: R,
    column: &ColumnChunkMetaData,
    rows: usize,
    batches: &VectorBatches<'_>,
) -> Result<Option<Vec<ListArray>>> {
    let Some(dim) = dim_of(column, rows) else { return Ok(None) };
    let Some(mut filling) = Inserting::new(dim, batches) else { return Ok(None) };
    let present = u8::try_from(column.column_descr().max_def_level()).unwrap_or(u8::MAX);
    let mut pages = SerializedPageReader::new(Arc::new(file), column, rows, None)?;
    let mut left = rows;
    while let Some(page) = pages.get_next_page()? {
        let Some((page_rows, values)) = vectors_of(&page, dim, present).filter(|(rows, _)| *rows <= left) else {
            return Ok(None);
        };
        left -= page_rows;
        filling.push(values)?;
    }
    if left == 0 { filling.finish().map(Some) } else { Ok(None) }
}

/// Returns the dimension of the vectors, if they can all have the same one.
fn dim_of(column: &ColumnChunkMetaData, rows: usize) -> Option<usize> {
    let elements = usize::try_from(column.num_values()).ok()?;
    let dim = elements.checked_div(rows).filter(|dim| *dim > 0 && dim * rows == elements);
    dim.filter(|_| column.column_type() == Type::FLOAT && column.column_descr().max_rep_level() == 1)
}

/// Returns the number of vectors of a page, and the bytes of their elements.
fn vectors_of(page: &Page, dim: usize, present: u8) -> Option<(usize, &[[u8; 4]])> {
    let Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } = page else {
        return None;
    };
    if (*encoding, *def_level_encoding, *rep_level_encoding) != (Encoding::PLAIN, Encoding::RLE, Encoding::RLE) {
        return None;
    }
    let elements = usize::try_from(*num_values).ok().filter(|elements| elements % dim == 0)?;
    // Checked before memory is allocated: the numbers are untrusted input.
    let (found, values) = buf.split_at_checked(buf.len().checked_sub(elements.checked_mul(size_of::<f32>())?)?)?;
    let rows = elements / dim;
    let (values, _) = values.as_chunks();
    (found == levels(rows, dim, present)).then_some((rows, values))
}

/// Collects elements page by page, and returns them as batches of vectors.
struct Inserting<'a> {
    dim: usize,
    /// Number of elements of a batch.
    batch_elements: usize,
    batches: &'a VectorBatches<'a>,
    elements: Vec<f32>,
    full: Vec<ListArray>,
}

impl<'a> Inserting<'a> {
    /// Returns `None` if a batch would have more elements than offsets can count.
    fn new(dim: usize, batches: &'a VectorBatches<'a>) -> Option<Self> {
        let batch_elements = dim.checked_mul(batches.rows).filter(|elements| i32::try_from(*elements).is_ok())?;
        Some(Self { dim, batch_elements, batches, elements: Vec::new(), full: Vec::new() })
    }

    fn push(&mut self, mut values: &[[u8; 4]]) -> Result<()> {
        while !values.is_empty() {
            if self.elements.is_empty() {
                self.elements = self.batches.buffers.get();
            }
            let (fitting, rest) = values.split_at(values.len().min(self.batch_elements - self.elements.len()));
            self.elements.extend(fitting.iter().copied().map(f32::from_le_bytes));
            values = rest;
            if self.elements.len() == self.batch_elements {
                self.complete()?;
            }
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<()> {
        let elements = std::mem::take(&mut self.elements);
        let lengths = OffsetBuffer::from_lengths(std::iter::repeat_n(self.dim, elements.len() / self.dim));
        let elements = ScalarBuffer::from(Buffer::from(self.batches.buffers.freeze(elements)));
        let elements = Arc::new(Float32Array::new(elements, None));
        self.full.push(ListArray::try_new(Arc::clone(self.batches.element), lengths, elements, None)?);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<ListArray>> {
        if !self.elements.is_empty() {
            self.complete()?;
        }
        Ok(self.full)
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::builder::{Float32Builder, ListBuilder};
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float32Type;
    use arrow_array::{Array, ArrayRef, RecordBatch};
    use arrow_schema::{DataType, Field, Schema, SchemaRef};
    use bytes::Bytes;
    use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
    use parquet::file::metadata::ParquetMetaDataReader;
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;

    use super::super::VectorColumn;
    use super::*;

    fn element() -> FieldRef {
        Arc::new(Field::new("element", DataType::Float32, false))
    }

    fn schema() -> SchemaRef {
        Arc::new(Schema::new(vec![Field::new("vector", DataType::List(element()), true)]))
    }

    fn lists(vectors: impl IntoIterator<Item = Option<Vec<f32>>>) -> ListArray {
        let mut lists = ListBuilder::new(Float32Builder::new()).with_field(element());
        for vector in vectors {
            lists.values().append_slice(vector.as_deref().unwrap_or_default());
            lists.append(vector.is_some());
        }
        lists.finish()
    }

    fn ours(lists: &ListArray) -> Bytes {
        let parquet = ArrowSchemaConverter::new().convert(&schema()).unwrap();
        let mut file = SerializedFileWriter::new(Vec::new(), parquet.root_schema_ptr(), Arc::default()).unwrap();
        let mut group = file.next_row_group().unwrap();
        let mut column = VectorColumn::new(parquet.column(0), lists).unwrap();
        assert!(column.push(lists));
        column.append_to(&mut group).unwrap();
        group.close().unwrap();
        file.into_inner().unwrap().into()
    }

    fn theirs(lists: &ListArray, properties: WriterProperties) -> Bytes {
        let mut file = ArrowWriter::try_new(Vec::new(), schema(), Some(properties)).unwrap();
        let column: ArrayRef = Arc::new(lists.clone());
        file.write(&RecordBatch::try_new(schema(), vec![column]).unwrap()).unwrap();
        file.into_inner().unwrap().into()
    }

    fn vectors(file: Bytes, batch_rows: usize) -> Option<Vec<ListArray>> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
        let group = metadata.row_group(0);
        let (element, buffers) = (element(), BufferPool::new(10));
        let batches = VectorBatches { rows: batch_rows, element: &element, buffers: &buffers };
        read_vectors(file, group.column(0), usize::try_from(group.num_rows()).unwrap(), &batches).unwrap()
    }

    #[test]
    fn what_is_written_is_read_in_batches() {
        // Pages hold 873 such rows.
        let written = lists((0..2000_u16).map(|row| Some(vec![f32::from(row); 300])));
        let read = vectors(ours(&written), 300).unwrap();
        assert_eq!(read.iter().map(Array::len).collect::<Vec<_>>(), [300, 300, 300, 300, 300, 300, 200]);
        let elements = |lists: &ListArray| lists.values().as_primitive::<Float32Type>().values().to_vec();
        assert_eq!(read.iter().flat_map(elements).collect::<Vec<_>>(), elements(&written));
    }

    #[test]
    fn other_pages_are_left_to_a_general_reader() {
        let plain = || WriterProperties::builder().set_dictionary_enabled(false);
        let same = lists((0..100_u8).map(|row| Some(vec![f32::from(row); 3])));
        let with = |odd: Option<Vec<f32>>| lists((0..99).map(|_| Some(vec![1.0; 3])).chain([odd]));
        for (what, file) in [
            ("a dictionary", theirs(&same, WriterProperties::default())),
            ("version 2", theirs(&same, plain().set_writer_version(WriterVersion::PARQUET_2_0).build())),
            ("NULL", theirs(&with(None), plain().build())),
            ("an empty vector", theirs(&with(Some(Vec::new())), plain().build())),
            ("a long vector", theirs(&with(Some(vec![1.0; 103])), plain().build())),
        ] {
            assert!(vectors(file, 10).is_none(), "{what}");
        }
    }
}
