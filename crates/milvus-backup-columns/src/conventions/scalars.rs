//! The columns of scalars: one value per row.

use arrow_array::ArrayRef;
use milvus::proto::schema::scalar_field;
use milvus_backup_core::Result;
use milvus_backup_core::schema::FieldSchema;

use super::scalar_values::ScalarValues;
use super::validity::Validity;

/// Returns the column of a scalar field: numbers, texts, JSON, geometries, timestamps,
/// dates, times of day, decimals and identifiers.
///
/// There is a value for each row, or for each row that is not NULL. Missing data means no values.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for a wrong type or number of values, for an integer that the field cannot
/// hold, and for JSON that is not UTF-8.
pub fn scalars(field: &FieldSchema, validity: &Validity, values: Option<scalar_field::Data>) -> Result<ArrayRef> {
    ScalarValues::from_wire(field, field.data_type, Some(validity), values)?.into_array(field, validity)
}
