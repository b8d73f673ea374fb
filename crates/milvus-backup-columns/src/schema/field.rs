//! The definitions of fields, and of arrays of structs.

use milvus::proto::common::KeyValuePair;
use milvus::proto::schema as wire;
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};

use super::data_type::{data_type, wire_type};
use super::default_value::{decode_default, encode_default};
use super::params::{params_from_wire, params_to_wire};

/// Maximum length of a `VarChar` in Milvus, in bytes.
const VARCHAR_MAX_LENGTH: usize = 65_535;

/// Reads a field of the protocol.
pub(super) fn decode_field(field: &wire::FieldSchema) -> Result<FieldSchema> {
    let own_type = data_type(&field.name, field.data_type)?;
    let has_elements = matches!(own_type, DataType::Array | DataType::ArrayOfVector);
    Ok(FieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        data_type: own_type,
        element_type: has_elements.then(|| data_type(&field.name, field.element_type)).transpose()?,
        is_primary: field.is_primary_key,
        auto_id: field.auto_id,
        is_partition_key: field.is_partition_key,
        is_clustering_key: field.is_clustering_key,
        nullable: field.nullable,
        is_function_output: field.is_function_output,
        default_value: field
            .default_value
            .as_ref()
            .map(|value| decode_default(&field.name, value))
            .transpose()?
            .flatten(),
        type_params: params_from_wire(&field.type_params),
    })
}

/// Reads an array of structs.
pub(super) fn decode_struct(field: &wire::StructArrayFieldSchema) -> Result<StructFieldSchema> {
    Ok(StructFieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        nullable: field.nullable,
        fields: field.fields.iter().map(decode_field).collect::<Result<_>>()?,
        type_params: params_from_wire(&field.type_params),
    })
}

/// Returns a field in the form of the protocol.
pub(super) fn encode_field(field: &FieldSchema) -> Result<wire::FieldSchema> {
    Ok(wire::FieldSchema {
        name: field.name.clone(),
        is_primary_key: field.is_primary,
        description: field.description.clone(),
        data_type: wire_type(field.data_type),
        type_params: encode_type_params(field),
        auto_id: field.auto_id,
        element_type: field.element_type.map_or(0, wire_type),
        default_value: field.default_value.as_ref().map(|value| encode_default(&field.name, value)).transpose()?,
        is_partition_key: field.is_partition_key,
        is_clustering_key: field.is_clustering_key,
        nullable: field.nullable,
        is_function_output: field.is_function_output,
        ..wire::FieldSchema::default()
    })
}

/// Returns the type parameters of a field. Milvus Lite does not report `max_length` of the elements of an array, and
/// Milvus rejects an array of texts without it: such an array gets the maximum length.
fn encode_type_params(field: &FieldSchema) -> Vec<KeyValuePair> {
    let mut params = field.type_params.clone();
    if field.data_type == DataType::Array && field.element_type == Some(DataType::VarChar) {
        params.entry("max_length".to_owned()).or_insert_with(|| VARCHAR_MAX_LENGTH.to_string());
    }
    params_to_wire(&params)
}

/// Returns an array of structs in the form of the protocol.
pub(super) fn encode_struct(field: &StructFieldSchema) -> Result<wire::StructArrayFieldSchema> {
    Ok(wire::StructArrayFieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        fields: field.fields.iter().map(encode_field).collect::<Result<_>>()?,
        type_params: params_to_wire(&field.type_params),
        nullable: field.nullable,
        ..wire::StructArrayFieldSchema::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_varchar_always_has_a_max_length() {
        let mut words = FieldSchema::new("words", DataType::Array).with_param("max_capacity", 8);
        words.element_type = Some(DataType::VarChar);
        let params = |field: &FieldSchema| params_from_wire(&encode_field(field).unwrap().type_params);
        assert_eq!(params(&words)["max_length"], "65535");
        assert_eq!(params(&words.with_param("max_length", 500))["max_length"], "500");
    }
}
