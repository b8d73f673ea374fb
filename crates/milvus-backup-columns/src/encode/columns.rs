//! The conversion of a batch to the columns of an insert.

use arrow_array::{ArrayRef, RecordBatch};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, stored_fields};

use super::field::{encode_field, flags};
use super::structs::encode_struct;
use super::vectors::{float_elements, wire_dim};
use crate::error::unencodable;
use crate::schema::wire_type;
use crate::wire::WireColumn;

/// Returns the columns of `batch` in the form of an insert. Float vectors are copied only if there are NULLs among
/// them.
///
/// A stored field without a column is omitted: the server then generates the primary key.
///
/// # Errors
/// [`milvus_backup_core::Error::Encoding`] for a column whose type differs from the schema, and for a column that is
/// not in the schema.
pub fn encode_columns(schema: &CollectionSchema, batch: &RecordBatch) -> Result<Vec<WireColumn>> {
    let mut columns = Vec::with_capacity(batch.num_columns());
    for field in stored_fields(schema) {
        if let Some(column) = batch.column_by_name(&field.name) {
            columns.push(encode_column(field, column)?);
        }
    }
    for field in &schema.struct_fields {
        if let Some(column) = batch.column_by_name(&field.name) {
            columns.push(encode_struct(field, column)?.into());
        }
    }
    if schema.enable_dynamic_field
        && let Some(column) = batch.column_by_name(DYNAMIC_FIELD)
    {
        let mut dynamic = encode_field(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), column)?;
        dynamic.is_dynamic = true;
        columns.push(dynamic.into());
    }
    if columns.len() != batch.num_columns() {
        let message = format!("{} columns, of which the schema has {}", batch.num_columns(), columns.len());
        return Err(unencodable("*", message));
    }
    Ok(columns)
}

fn encode_column(field: &FieldSchema, column: &ArrayRef) -> Result<WireColumn> {
    let Some(elements) = float_elements(field, column)? else { return Ok(encode_field(field, column)?.into()) };
    let (name, data_type) = (field.name.clone(), wire_type(field.data_type));
    Ok(WireColumn::of_float_vectors(name, data_type, flags(field.nullable, column), wire_dim(field)?, elements))
}
