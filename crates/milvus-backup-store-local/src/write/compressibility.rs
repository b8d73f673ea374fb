//! The test that decides which columns are compressed: values that hardly shrink are stored as they are.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_buffer::Buffer;
use arrow_schema::DataType as ArrowType;
use parquet::schema::types::ColumnPath;

use super::properties::list_elements;

/// Number of bytes of a column that are test-compressed.
const SAMPLE_BYTES: usize = 256 << 10;

/// Number of bytes below which a column without vectors is compressed without a test.
pub(super) const MIN_SAMPLE_BYTES: usize = 16 << 10;

/// Returns the path and the value buffer of each column with a single leaf, whose values can be test-compressed.
pub(super) fn leaves(sample: &RecordBatch) -> impl Iterator<Item = (ColumnPath, Buffer)> {
    let columns = sample.schema_ref().fields().iter().zip(sample.columns());
    columns.filter_map(|(field, column)| {
        let name = field.name().clone();
        let (path, values) = match column.as_list_opt::<i32>() {
            Some(lists) => (list_elements(name), lists.values()),
            None => (vec![name], column),
        };
        let buffer = match values.data_type() {
            // The buffer after the offsets.
            ArrowType::Utf8 | ArrowType::Binary => 1,
            data_type if data_type.is_primitive() => 0,
            _ => return None,
        };
        Some((ColumnPath::new(path), values.to_data().buffers().get(buffer)?.clone()))
    })
}

/// Returns whether compression makes the values smaller by more than a seventh: otherwise it only costs time, also for
/// every reader. Embeddings shrink by a tenth, in the exponents of their floats, for more time than the rest of a
/// backup takes.
pub(super) fn shrinks(values: &[u8]) -> bool {
    let sample = &values[..values.len().min(SAMPLE_BYTES)];
    zstd::bulk::compress(sample, 1).is_ok_and(|compressed| compressed.len() * 7 < sample.len() * 6)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{ArrayRef, BooleanArray, Int64Array, StringArray};

    use milvus_backup_core::schema::LIST_ELEMENT;

    use super::*;

    #[test]
    fn the_values_of_each_leaf_are_found() {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some("a"), Some("bc")]);
        let columns: [(&str, ArrayRef); 4] = [
            ("id", Arc::new(Int64Array::from(vec![7]))),
            ("text", Arc::new(StringArray::from(vec!["abc"]))),
            ("texts", Arc::new(lists.finish())),
            ("flag", Arc::new(BooleanArray::from(vec![true]))),
        ];
        let found: Vec<_> = leaves(&RecordBatch::try_from_iter(columns).unwrap()).collect();
        let found: Vec<_> = found.iter().map(|(path, values)| (path.string(), values.as_slice())).collect();
        let id = 7_i64.to_le_bytes();
        let element = format!("texts.list.{LIST_ELEMENT}");
        assert_eq!(found, [("id".to_owned(), &id[..]), ("text".to_owned(), b"abc"), (element, b"abc")]);
    }

    #[test]
    fn noise_does_not_shrink_and_text_does() {
        let mut state = 1_u64;
        let noise: Vec<u8> = (0..SAMPLE_BYTES)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            })
            .collect();
        assert!(!shrinks(&noise));
        assert!(shrinks("the same words again and again ".repeat(100).as_bytes()));
        assert!(!shrinks(&[]));
    }
}
