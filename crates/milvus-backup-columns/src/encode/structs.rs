//! Arrays of structs: in the protocol each member is a separate array.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray};
use milvus::proto::schema::{FieldData, StructArrayField, VectorField, field_data, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema, LIST_ELEMENT, StructFieldSchema};

use super::field::{encode_field, flags};
use super::vectors::{dense_data, wire_dim};
use crate::error::unencodable;
use crate::schema::wire_type;

/// Encodes an array of structs.
pub(super) fn encode_struct(field: &StructFieldSchema, column: &ArrayRef) -> Result<FieldData> {
    let name = field.name.as_str();
    let rows = column.as_list_opt::<i32>().ok_or_else(|| unencodable(name, "the column is not a list"))?;
    let structs =
        rows.values().as_struct_opt().ok_or_else(|| unencodable(name, "the column is not a list of structs"))?;
    let mut fields = Vec::with_capacity(field.fields.len());
    for member in &field.fields {
        let values = structs.column_by_name(&member.name).ok_or_else(|| unencodable(&member.name, "missing column"))?;
        let element = Arc::new(arrow_schema::Field::new(LIST_ELEMENT, values.data_type().clone(), false));
        let lists = ListArray::try_new(element, rows.offsets().clone(), Arc::clone(values), rows.nulls().cloned())
            .map_err(|error| unencodable(&member.name, error))?;
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
        valid_data: flags(field.nullable, rows),
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
            vectors.as_list_opt::<i32>().ok_or_else(|| unencodable(&member.name, "the column holds no vectors"))?;
        data.push(VectorField { dim, data: Some(dense_data(member, vectors)?), ..VectorField::default() });
    }
    let element_type = wire_type(member.element_type.unwrap_or(DataType::FloatVector));
    let array = VectorArray { dim, data, element_type };
    Ok(FieldData {
        r#type: Wire::ArrayOfVector as i32,
        field_name: member.name.clone(),
        field: Some(field_data::Field::Vectors(VectorField {
            dim,
            data: Some(vector_field::Data::VectorArray(array)),
            ..VectorField::default()
        })),
        valid_data: flags(member.nullable, lists),
        ..FieldData::default()
    })
}
