//! The assembly of a batch from the arrays of its fields.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use milvus_backup_core::schema::{CollectionSchema, arrow_schema};
use milvus_backup_core::{Error, Result};

/// Assembles a batch of `rows` rows.
///
/// `fields` holds the stored fields of the schema in order, followed by its arrays of structs. `dynamic` holds the JSON
/// texts of the dynamic field; if it is `None`, every row has an empty object. It is ignored if the schema has no
/// dynamic field.
///
/// # Errors
/// [`Error::Encoding`] for an array whose type or length differs from [`arrow_schema()`], and for a missing array.
pub fn record_batch(
    schema: &CollectionSchema,
    rows: usize,
    mut fields: Vec<ArrayRef>,
    dynamic: Option<ArrayRef>,
) -> Result<RecordBatch> {
    if schema.enable_dynamic_field {
        fields.push(dynamic.unwrap_or_else(|| Arc::new(StringArray::from(vec!["{}"; rows]))));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(arrow_schema(schema)?), fields, &options)
        .map_err(|source| Error::Encoding { action: "assemble a batch".to_owned(), source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::{Array, Int64Array};
    use milvus_backup_core::schema::{DataType, FieldSchema};

    use super::*;

    #[test]
    fn rows_without_dynamic_keys_have_an_empty_object() {
        let mut schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64)]);
        schema.enable_dynamic_field = true;
        let ids = Arc::new(Int64Array::from(vec![1, 2]));
        let batch = record_batch(&schema, 2, vec![ids], None).unwrap();
        let dynamic = batch.column(1).as_string::<i32>();
        assert_eq!((dynamic.value(0), dynamic.value(1), dynamic.null_count()), ("{}", "{}", 0));
    }

    #[test]
    fn arrays_that_are_not_those_of_the_schema_are_refused() {
        let schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64)]);
        let texts = Arc::new(StringArray::from(vec!["1"]));
        assert!(record_batch(&schema, 1, vec![texts], None).is_err(), "another type");
        assert!(record_batch(&schema, 1, Vec::new(), None).is_err(), "no array");
        assert!(record_batch(&schema, 2, vec![Arc::new(Int64Array::from(vec![1]))], None).is_err(), "another length");
    }
}
