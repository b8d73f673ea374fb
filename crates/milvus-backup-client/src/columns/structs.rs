//! Arrays of structs: on the wire each member is an array of its own, in Arrow they are lists of structs.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_schema::Fields;
use milvus::proto::schema::{FieldData, StructArrayField, VectorField, field_data, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};

use super::decode::{decode_field, dense_values};
use super::encode::{dense_data, encode_field, wire_dim};
use super::list::{fixed_width, list};
use super::mismatch;
use super::validity::Rows;

/// The rows of an array of structs.
pub(super) fn decode_struct(field: &StructFieldSchema, rows: usize, column: FieldData) -> Result<ArrayRef> {
    let name = field.name.as_str();
    let structs = Rows::new(name, rows, &column.valid_data, field.nullable)?;
    let Some(field_data::Field::StructArrays(members)) = column.field else {
        return Err(mismatch(name, "no array of structs was sent"));
    };
    let mut lengths: Option<Vec<usize>> = None;
    let mut arrays = Vec::with_capacity(field.fields.len());
    let mut columns = members.fields;
    for member in &field.fields {
        let column = take_member(name, &member.name, &mut columns)?;
        let decoded = decode_member(member, rows, column)?;
        let own: Vec<usize> =
            (0..decoded.len()).map(|row| decoded.value_length(row).cast_unsigned() as usize).collect();
        if lengths.as_ref().is_some_and(|lengths| *lengths != own) {
            return Err(mismatch(&member.name, "another number of elements than its siblings"));
        }
        lengths = Some(own);
        arrays.push((member, Arc::clone(decoded.values())));
    }
    let fields: Fields = arrays
        .iter()
        .map(|(member, array)| arrow_schema::Field::new(&member.name, array.data_type().clone(), false))
        .collect();
    let arrays = arrays.into_iter().map(|(_, array)| array).collect();
    let values = StructArray::try_new(fields, arrays, None).map_err(|error| mismatch(name, error))?;
    let lengths = lengths.unwrap_or_else(|| vec![0; rows]);
    Ok(Arc::new(list(name, &structs, lengths.into_iter(), Arc::new(values))?))
}

/// Servers send the name of a member with or without that of its struct: `struct[member]`.
fn take_member(owner: &str, member: &str, columns: &mut Vec<FieldData>) -> Result<FieldData> {
    let qualified = format!("{owner}[{member}]");
    let index = columns
        .iter()
        .position(|column| column.field_name == member || column.field_name == qualified)
        .ok_or_else(|| mismatch(&qualified, "missing in the answer"))?;
    Ok(columns.swap_remove(index))
}

fn decode_member(member: &FieldSchema, rows: usize, column: FieldData) -> Result<ListArray> {
    if member.data_type != DataType::ArrayOfVector {
        return Ok(decode_field(member, rows, column)?.as_list::<i32>().clone());
    }
    let name = member.name.as_str();
    let rows = Rows::new(name, rows, &column.valid_data, member.nullable)?;
    let vectors = match column.field {
        Some(field_data::Field::Vectors(VectorField {
            data: Some(vector_field::Data::VectorArray(array)), ..
        })) => array.data,
        Some(field_data::Field::Vectors(VectorField { data: None, .. })) | None => Vec::new(),
        Some(_) => return Err(mismatch(name, "no arrays of vectors were sent")),
    };
    let vectors = rows.spread(name, vectors, &VectorField::default())?;
    let mut lengths = Vec::with_capacity(vectors.len());
    let mut parts = Vec::with_capacity(vectors.len());
    let mut width = 1;
    for row in vectors {
        let (values, own_width) = dense_values(member, row.data)?;
        width = own_width;
        lengths.push(values.len() / width);
        parts.push(values);
    }
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    let values = if parts.is_empty() {
        dense_values(member, None)?.0
    } else {
        arrow_select::concat::concat(&parts).map_err(|error| mismatch(name, error))?
    };
    let elements = Rows { len: values.len() / width, nulls: None };
    let vectors = fixed_width(name, &elements, width, values)?;
    list(name, &rows, lengths.into_iter(), Arc::new(vectors))
}

/// The wire form of an array of structs.
pub(super) fn encode_struct(field: &StructFieldSchema, column: &ArrayRef) -> Result<FieldData> {
    let name = field.name.as_str();
    let rows = column.as_list_opt::<i32>().ok_or_else(|| mismatch(name, "the column is not a list"))?;
    let structs = rows.values().as_struct_opt().ok_or_else(|| mismatch(name, "the column is not a list of structs"))?;
    let mut fields = Vec::with_capacity(field.fields.len());
    for member in &field.fields {
        let values = structs.column_by_name(&member.name).ok_or_else(|| mismatch(&member.name, "missing column"))?;
        let element = Arc::new(arrow_schema::Field::new(
            milvus_backup_core::schema::LIST_ELEMENT,
            values.data_type().clone(),
            false,
        ));
        let lists = ListArray::try_new(element, rows.offsets().clone(), Arc::clone(values), rows.nulls().cloned())
            .map_err(|error| mismatch(&member.name, error))?;
        fields.push(if member.data_type == DataType::ArrayOfVector {
            encode_vector_lists(member, &lists)?
        } else {
            encode_field(member, &(Arc::new(lists) as ArrayRef))?
        });
    }
    Ok(FieldData {
        r#type: milvus::proto::schema::DataType::ArrayOfStruct as i32,
        field_name: field.name.clone(),
        field: Some(field_data::Field::StructArrays(StructArrayField { fields })),
        valid_data: rows.nulls().map(|nulls| nulls.iter().collect()).unwrap_or_default(),
        ..FieldData::default()
    })
}

fn encode_vector_lists(member: &FieldSchema, lists: &ListArray) -> Result<FieldData> {
    use milvus::proto::schema::{DataType as Wire, VectorArray};

    let dim = wire_dim(member)?;
    let mut data = Vec::with_capacity(lists.len());
    for row in (0..lists.len()).filter(|row| lists.is_valid(*row)) {
        let vectors = lists.value(row);
        let vectors =
            vectors.as_list_opt::<i32>().ok_or_else(|| mismatch(&member.name, "the column holds no vectors"))?;
        data.push(VectorField { dim, data: Some(dense_data(member, vectors)?), ..VectorField::default() });
    }
    let element_type = crate::describe::wire_type(member.element_type.unwrap_or(DataType::FloatVector));
    let array = VectorArray { dim, data, element_type };
    Ok(FieldData {
        r#type: Wire::ArrayOfVector as i32,
        field_name: member.name.clone(),
        field: Some(field_data::Field::Vectors(VectorField {
            dim,
            data: Some(vector_field::Data::VectorArray(array)),
            ..VectorField::default()
        })),
        ..FieldData::default()
    })
}
