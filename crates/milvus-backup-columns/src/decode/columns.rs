//! The conversion of the columns of a response to a batch.

use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{ArrayRef, PrimitiveArray, RecordBatch};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, stored_fields};

use super::field::decode_field;
use super::flags::agreed_flags;
use super::structs::decode_struct;
use crate::conventions::{Validity, dense_vectors, record_batch};
use crate::error::mismatch;
use crate::wire::WireColumn;

/// Returns the columns of a response as one batch of `rows` rows, in the order of
/// [`milvus_backup_core::schema::arrow_schema`].
///
/// Columns are matched by name, since servers send them in any order; columns that are not in the schema are ignored.
/// Float vectors of a [`WireColumn`] are not copied if they are aligned.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for a column that is missing, or has a wrong type or number of values.
pub fn decode_columns<C: Into<WireColumn>>(
    schema: &CollectionSchema,
    rows: usize,
    columns: impl IntoIterator<Item = C>,
) -> Result<RecordBatch> {
    let mut columns = Received(columns.into_iter().map(Into::into).collect());
    let mut arrays = Vec::with_capacity(schema.fields.len() + 1);
    for field in stored_fields(schema) {
        arrays.push(decode_column(field, rows, columns.take(&field.name)?)?);
    }
    for field in &schema.struct_fields {
        arrays.push(decode_struct(field, rows, columns.take(&field.name)?.try_into()?)?);
    }
    let dynamic = columns.take_dynamic().filter(|_| schema.enable_dynamic_field);
    let json = FieldSchema::new(DYNAMIC_FIELD, DataType::Json);
    let dynamic = dynamic.map(|column| decode_column(&json, rows, column)).transpose()?;
    record_batch(schema, rows, arrays, dynamic)
}

/// Columns that were received and not yet decoded.
struct Received(Vec<WireColumn>);

impl Received {
    fn take(&mut self, name: &str) -> Result<WireColumn> {
        let index = self.0.iter().position(|column| column.name() == name && !column.is_dynamic);
        let index = index.ok_or_else(|| mismatch(name, "missing in the response"))?;
        Ok(self.0.swap_remove(index))
    }

    fn take_dynamic(&mut self) -> Option<WireColumn> {
        let index = self.0.iter().position(|column| column.is_dynamic || column.name() == DYNAMIC_FIELD)?;
        Some(self.0.swap_remove(index))
    }
}

fn decode_column(field: &FieldSchema, rows: usize, mut column: WireColumn) -> Result<ArrayRef> {
    let Some(floats) = column.take_floats() else { return decode_field(field, rows, column.try_into()?) };
    if field.data_type != DataType::FloatVector {
        return Err(mismatch(&field.name, "float vectors were sent"));
    }
    let flags = agreed_flags(&field.name, &column.valid_data, column.vector_flags())?;
    let validity = Validity::from_flags(&field.name, rows, &flags, field.nullable)?;
    let elements = Arc::new(PrimitiveArray::<Float32Type>::new(floats.try_into()?, None));
    dense_vectors(field, &validity, elements)
}
