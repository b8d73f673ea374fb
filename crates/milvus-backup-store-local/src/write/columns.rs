//! The columns of one row group, each with a suitable writer.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::writer::SerializedFileWriter;

use crate::vectors::VectorColumn;

/// The columns of a row group that is being filled.
pub(super) struct Columns {
    schema: SchemaRef,
    columns: Vec<Column>,
}

/// One column of the batches.
struct Column {
    /// The general writers, one per Parquet leaf of the column.
    writers: Vec<ArrowColumnWriter>,
    /// Replaces the writers until the first vector that does not fit.
    vectors: Option<VectorColumn>,
}

impl Columns {
    /// Creates the columns for batches that look like `sample`.
    pub(super) fn new<W: Write + Send>(
        file: &SerializedFileWriter<W>,
        factory: &ArrowRowGroupWriterFactory,
        sample: &RecordBatch,
    ) -> Result<Self> {
        let parquet = file.schema_descr();
        let mut leaves =
            factory.create_column_writers(file.flushed_row_groups().len())?.into_iter().enumerate().peekable();
        let mut columns = Vec::with_capacity(sample.num_columns());
        for (root, array) in sample.columns().iter().enumerate() {
            let mut writers = Vec::new();
            let mut vectors = None;
            while let Some((leaf, writer)) = leaves.next_if(|(leaf, _)| parquet.get_column_root_idx(*leaf) == root) {
                let descriptor = parquet.column(leaf);
                if file.properties().compression(descriptor.path()) == Compression::UNCOMPRESSED {
                    vectors = VectorColumn::new(descriptor, array.as_ref());
                }
                writers.push(writer);
            }
            let vectors = vectors.filter(|_| writers.len() == 1);
            columns.push(Column { writers, vectors });
        }
        Ok(Self { schema: sample.schema(), columns })
    }

    /// Appends a batch to the row group.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let fields = self.schema.fields().iter();
        for ((column, field), array) in self.columns.iter_mut().zip(fields).zip(batch.columns()) {
            column.write(field, array)?;
        }
        Ok(())
    }

    /// Writes the row group to the file.
    pub(super) fn close<W: Write + Send>(self, file: &mut SerializedFileWriter<W>) -> Result<()> {
        let mut row_group = file.next_row_group()?;
        for column in self.columns {
            if let Some(vectors) = column.vectors {
                vectors.append_to(&mut row_group)?;
                continue;
            }
            for writer in column.writers {
                writer.close()?.append_to_row_group(&mut row_group)?;
            }
        }
        row_group.close().map(drop)
    }
}

impl Column {
    fn write(&mut self, field: &Field, array: &ArrayRef) -> Result<()> {
        if self.vectors.as_mut().is_some_and(|vectors| vectors.push(array.as_ref())) {
            return Ok(());
        }
        // The general writers take over, from the first vector of the row group on.
        for batch in self.vectors.take().map(VectorColumn::into_batches).unwrap_or_default() {
            self.write_leaves(field, &(Arc::new(batch) as ArrayRef))?;
        }
        self.write_leaves(field, array)
    }

    fn write_leaves(&mut self, field: &Field, array: &ArrayRef) -> Result<()> {
        for (writer, leaf) in self.writers.iter_mut().zip(compute_leaves(field, array)?) {
            writer.write(&leaf)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::builder::{Float32Builder, ListBuilder};
    use arrow_array::{Int64Array, RecordBatch};
    use arrow_schema::{DataType, Schema};
    use bytes::Bytes;
    use milvus_backup_core::schema::{CollectionSchema, DataType as MilvusType, FieldSchema};
    use milvus_backup_testkit::mutation::{mutate, mutation};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
    use parquet::file::properties::WriterProperties;
    use proptest::prelude::*;

    use super::*;
    use crate::decode::{VectorBuffers, decode};

    /// Returns a batch of vectors of one dimension, of other dimensions, or missing.
    fn batch(rows: &[Option<Vec<f32>>]) -> RecordBatch {
        let item = Field::new("element", DataType::Float32, false);
        let mut lists = ListBuilder::new(Float32Builder::new()).with_field(item.clone());
        for row in rows {
            match row {
                Some(vector) => {
                    lists.values().append_slice(vector);
                    lists.append(true);
                }
                None => lists.append(false),
            }
        }
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, false),
            Field::new("vector", DataType::List(Arc::new(item)), true),
        ]);
        let ids = Int64Array::from_iter_values(0..rows.len().try_into().unwrap());
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(ids), Arc::new(lists.finish())]).unwrap()
    }

    fn written(batches: &[RecordBatch], per_group: usize) -> (Bytes, bool) {
        let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
        let writer = ArrowWriter::try_new(Vec::new(), batches[0].schema(), Some(properties)).unwrap();
        let (mut file, factory) = writer.into_serialized_writer().unwrap();
        let mut fast = false;
        for group in batches.chunks(per_group) {
            let mut columns = Columns::new(&file, &factory, &group[0]).unwrap();
            for batch in group {
                columns.write(batch).unwrap();
            }
            fast |= columns.columns.iter().any(|column| column.vectors.is_some());
            columns.close(&mut file).unwrap();
        }
        (file.into_inner().unwrap().into(), fast)
    }

    /// Reads a file with the general reader.
    fn read(file: Bytes) -> Option<Vec<RecordBatch>> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).ok()?.with_batch_size(7).build().ok()?;
        reader.collect::<Result<_, _>>().ok()
    }

    /// Reads a file with our reader.
    fn decoded(file: &Bytes) -> Option<Vec<RecordBatch>> {
        let footer = ArrowReaderMetadata::load(file, ArrowReaderOptions::new()).ok()?;
        let mut vector = FieldSchema::new("vector", MilvusType::FloatVector);
        vector.type_params.insert("dim".to_owned(), "5".to_owned());
        let buffers = VectorBuffers::of(&CollectionSchema::new(vec![vector]));
        let mut batches = Vec::new();
        for group in 0..footer.metadata().num_row_groups() {
            batches.extend(decode(file, &footer, group, &buffers).ok()?);
        }
        Some(batches)
    }

    fn bits(batches: &[RecordBatch]) -> Vec<Option<Vec<u32>>> {
        use arrow_array::cast::AsArray;
        use arrow_array::types::Float32Type;

        let rows = |batch: &RecordBatch| {
            let vectors = batch.column(1).as_list::<i32>();
            let bits =
                |list: ArrayRef| list.as_primitive::<Float32Type>().values().iter().map(|v| v.to_bits()).collect();
            vectors.iter().map(|list| list.map(bits)).collect::<Vec<Option<Vec<u32>>>>()
        };
        batches.iter().flat_map(rows).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Every bit of every element is read back, for any batches, slices and row groups.
        #[test]
        fn vectors_are_read_back(
            dim in 1..40_usize,
            seeds in prop::collection::vec(prop::collection::vec((any::<u32>(), 0..60_u8), 1..30), 1..6),
            per_group in 1..4_usize,
            skip in 0..3_usize,
        ) {
            let batches: Vec<RecordBatch> = seeds
                .iter()
                .map(|rows| {
                    let vector = |(seed, odd): &(u32, u8)| match odd {
                        0 => None,
                        1 => Some(Vec::new()),
                        2 => Some(vec![1.0; dim + 1]),
                        _ => Some((1..).take(dim).map(|i: u32| f32::from_bits(seed.wrapping_mul(i))).collect()),
                    };
                    let batch = batch(&rows.iter().map(vector).collect::<Vec<_>>());
                    let skip = skip.min(batch.num_rows() - 1);
                    batch.slice(skip, batch.num_rows() - skip)
                })
                .collect();
            let (file, _) = written(&batches, per_group);
            prop_assert_eq!(bits(&decoded(&file).unwrap()), bits(&batches));
            prop_assert_eq!(bits(&read(file).unwrap()), bits(&batches));
        }

        /// If anything of a damaged file can be read, it is the same as with the general reader.
        #[test]
        fn damage_is_nothing_special(
            dim in 1..20_usize,
            rows in 1..200_u16,
            mutations in prop::collection::vec(mutation(), 1..3),
        ) {
            let rows: Vec<_> = (0..rows).map(|row| Some(vec![f32::from(row); dim])).collect();
            let (file, fast) = written(&[batch(&rows)], 1);
            prop_assert!(fast);
            let damaged = Bytes::from(mutate(file.to_vec(), &mutations));
            // Either reader may panic on damaged input.
            let [ours, theirs] = [decoded as fn(&Bytes) -> _, |file| read(file.clone())]
                .map(|read| std::panic::catch_unwind(|| read(&damaged)).ok().flatten());
            if let Some(ours) = ours {
                let theirs = theirs.map(|batches| bits(&batches));
                prop_assert_eq!(Some(bits(&ours)), theirs);
            }
        }
    }

    #[test]
    fn vectors_of_one_dimension_take_the_short_way() {
        let rows: Vec<_> = (0..3000_u16).map(|row| Some(vec![f32::from(row); 768])).collect();
        let batches = [batch(&rows), batch(&rows[..5])];
        let (file, fast) = written(&batches, 2);
        assert!(fast);
        assert_eq!(bits(&decoded(&file).unwrap()), bits(&batches));
        assert_eq!(bits(&read(file).unwrap()), bits(&batches));
    }
}
