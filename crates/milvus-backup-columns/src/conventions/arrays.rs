//! The columns of arrays: several scalars per row.

use std::sync::Arc;

use arrow_array::ArrayRef;
use milvus::proto::schema::ScalarField;
use milvus_backup_core::Result;
use milvus_backup_core::schema::FieldSchema;

use super::list::list;
use super::scalar_values::ScalarValues;
use super::validity::Validity;
use crate::error::mismatch;

/// Returns the column of an `Array` field, from one scalar field for each row, or for each row that is not NULL.
///
/// A row without data is an empty array on some servers. Elements that were sent for a NULL row are dropped.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for elements of another type, and for a wrong number of rows.
pub fn arrays(field: &FieldSchema, validity: &Validity, rows: Vec<ScalarField>) -> Result<ArrayRef> {
    let name = field.name.as_str();
    let element = field.element_type.ok_or_else(|| mismatch(name, "an Array without element type"))?;
    let rows = validity.spread(name, rows, &ScalarField::default())?;
    let mut values = ScalarValues::from_wire(field, element, None, None)?;
    let mut lengths = Vec::with_capacity(rows.len());
    for (row, array) in rows.into_iter().enumerate() {
        let elements = if validity.is_null(row) { None } else { array.data };
        let elements = ScalarValues::from_wire(field, element, None, elements)?;
        lengths.push(elements.len());
        values.append(elements);
    }
    let elements = Validity::all_valid(values.len());
    let values = values.into_array(field, &elements)?;
    Ok(Arc::new(list(name, validity, lengths.into_iter(), values)?))
}
