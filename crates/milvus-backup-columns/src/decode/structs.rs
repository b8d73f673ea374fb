//! Arrays of structs: in the protocol each member is a separate array.

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, ListArray};
use milvus::proto::schema::{FieldData, VectorField, field_data, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};

use super::field::decode_values;
use super::flags::row_flags;
use crate::conventions::{Validity, structs, vector_arrays};
use crate::error::mismatch;

/// Decodes the rows of an array of structs.
pub(super) fn decode_struct(field: &StructFieldSchema, rows: usize, column: FieldData) -> Result<ArrayRef> {
    let name = field.name.as_str();
    let flags = struct_flags(name, &column)?;
    let validity = Validity::from_flags(name, rows, &flags, field.nullable)?;
    let Some(field_data::Field::StructArrays(members)) = column.field else {
        return Err(mismatch(name, "no array of structs was sent"));
    };
    let mut columns = members.fields;
    let mut arrays = Vec::with_capacity(field.fields.len());
    for member in &field.fields {
        let column = take_member(name, &member.name, &mut columns)?;
        let own = row_flags(&member.name, &column)?;
        if !own.is_empty() && own != flags && (!flags.is_empty() || own.contains(&false)) {
            return Err(mismatch(&member.name, "other rows are NULL than in its array of structs"));
        }
        arrays.push(decode_member(member, &validity, column)?);
    }
    structs(field, &validity, &arrays)
}

/// Returns which rows of an array of structs are valid. Servers may say so beside the values of its members only.
fn struct_flags(name: &str, column: &FieldData) -> Result<Vec<bool>> {
    let flags = row_flags(name, column)?;
    match &column.field {
        Some(field_data::Field::StructArrays(members)) if flags.is_empty() => {
            members.fields.first().map_or(Ok(Vec::new()), |member| row_flags(name, member))
        }
        _ => Ok(flags),
    }
}

/// Removes and returns a member, whose name servers send with or without that of its struct: `struct[member]`.
fn take_member(owner: &str, member: &str, columns: &mut Vec<FieldData>) -> Result<FieldData> {
    let qualified = format!("{owner}[{member}]");
    let index = columns
        .iter()
        .position(|column| column.field_name == member || column.field_name == qualified)
        .ok_or_else(|| mismatch(&qualified, "missing in the response"))?;
    Ok(columns.swap_remove(index))
}

fn decode_member(member: &FieldSchema, validity: &Validity, column: FieldData) -> Result<ListArray> {
    let name = member.name.as_str();
    if member.data_type != DataType::ArrayOfVector {
        let array = decode_values(member, validity, column)?;
        return array.as_list_opt::<i32>().cloned().ok_or_else(|| mismatch(name, "a member that is not an array"));
    }
    let vectors = match column.field {
        Some(field_data::Field::Vectors(VectorField {
            data: Some(vector_field::Data::VectorArray(array)), ..
        })) => array.data,
        Some(field_data::Field::Vectors(VectorField { data: None, .. })) | None => Vec::new(),
        Some(_) => return Err(mismatch(name, "no arrays of vectors were sent")),
    };
    vector_arrays(member, validity, vectors)
}
