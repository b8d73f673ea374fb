//! The conversion of one Arrow array to a column of the protocol.

use arrow_array::{Array, ArrayRef};
use milvus::proto::schema::{FieldData, field_data};
use milvus_backup_core::Result;
use milvus_backup_core::schema::FieldSchema;

use super::scalars::encode_scalars;
use super::vectors::encode_vectors;
use crate::schema::wire_type;

/// Encodes one column of a batch.
pub(super) fn encode_field(field: &FieldSchema, column: &ArrayRef) -> Result<FieldData> {
    let data = if field.data_type.is_vector() {
        field_data::Field::Vectors(encode_vectors(field, column)?)
    } else {
        field_data::Field::Scalars(encode_scalars(field, column)?)
    };
    let valid_data = flags(field.nullable, column);
    Ok(FieldData {
        r#type: wire_type(field.data_type),
        field_name: field.name.clone(),
        field: Some(data),
        valid_data,
        ..FieldData::default()
    })
}

/// Returns a flag for each row of a nullable column, and none for another one without NULLs.
pub(super) fn flags(nullable: bool, column: &dyn Array) -> Vec<bool> {
    match column.nulls() {
        Some(nulls) if nulls.null_count() > 0 || nullable => nulls.iter().collect(),
        None if nullable => vec![true; column.len()],
        _ => Vec::new(),
    }
}
