//! Arrays of structs: in Milvus each member is a separate array, in Arrow they are lists of structs.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_schema::Fields;
use milvus_backup_core::Result;
use milvus_backup_core::schema::StructFieldSchema;

use super::list::list;
use super::validity::Validity;
use crate::error::mismatch;

/// Returns the column of an array of structs, from the arrays of its members in the order of the schema.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for members with different numbers of elements in a row, and for a wrong
/// number of members.
pub fn structs(field: &StructFieldSchema, validity: &Validity, members: &[ListArray]) -> Result<ArrayRef> {
    let name = field.name.as_str();
    if members.len() != field.fields.len() {
        return Err(mismatch(name, format!("{} members, not {}", members.len(), field.fields.len())));
    }
    let mut lengths: Option<Vec<usize>> = None;
    for (member, array) in field.fields.iter().zip(members) {
        let own = row_lengths(array);
        if lengths.as_ref().is_some_and(|lengths| *lengths != own) {
            return Err(mismatch(&member.name, "another number of elements than its siblings"));
        }
        lengths = Some(own);
    }
    let fields: Fields = field
        .fields
        .iter()
        .zip(members)
        .map(|(member, array)| arrow_schema::Field::new(&member.name, array.values().data_type().clone(), false))
        .collect();
    let arrays = members.iter().map(|array| Arc::clone(array.values())).collect();
    let values = StructArray::try_new(fields, arrays, None).map_err(|error| mismatch(name, error))?;
    let lengths = lengths.unwrap_or_else(|| vec![0; validity.rows()]);
    Ok(Arc::new(list(name, validity, lengths.into_iter(), Arc::new(values))?))
}

fn row_lengths(array: &ListArray) -> Vec<usize> {
    (0..array.len()).map(|row| array.value_length(row).cast_unsigned() as usize).collect()
}
