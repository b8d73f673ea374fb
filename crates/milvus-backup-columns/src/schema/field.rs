//! The definitions of fields, and of arrays of structs.

use milvus::proto::common::KeyValuePair;
use milvus::proto::schema as wire;
use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};
use milvus_backup_core::{Error, Result};

use super::data_type::{data_type, wire_type};
use super::default_value::{decode_default, encode_default};
use super::params::{params_from_wire, params_to_wire};
use super::type_tree::repeats;

/// Maximum length of a `VarChar` in Milvus, in bytes.
const VARCHAR_MAX_LENGTH: usize = 65_535;

/// Reads a field of the protocol.
pub(super) fn decode_field(field: &wire::FieldSchema) -> Result<FieldSchema> {
    // Named one by one: whatever a new version of the definitions adds must be dealt with before this compiles again.
    let wire::FieldSchema {
        field_id: _,
        name,
        is_primary_key,
        description,
        data_type: own_type,
        type_params,
        index_params: _,
        auto_id,
        state: _,
        element_type,
        default_value,
        is_dynamic: _,
        is_partition_key,
        is_clustering_key,
        nullable,
        is_function_output,
        external_field,
        type_schema,
        element_nullable,
    } = field;
    if !external_field.is_empty() {
        return Err(unsupported(name, "an external field, whose values are in files outside of Milvus"));
    }
    if *element_nullable {
        return Err(unsupported(name, "elements that can be NULL"));
    }
    if type_schema.as_ref().is_some_and(|tree| !repeats(tree, field)) {
        return Err(unsupported(name, "a nested type"));
    }
    let own_type = data_type(name, *own_type)?;
    let has_elements = matches!(own_type, DataType::Array | DataType::ArrayOfVector);
    Ok(FieldSchema {
        name: name.clone(),
        description: description.clone(),
        data_type: own_type,
        // It has no meaning for other types, but belongs to the definition where a client has set it.
        element_type: (has_elements || *element_type != 0).then(|| data_type(name, *element_type)).transpose()?,
        is_primary: *is_primary_key,
        auto_id: *auto_id,
        is_partition_key: *is_partition_key,
        is_clustering_key: *is_clustering_key,
        nullable: *nullable,
        is_function_output: *is_function_output,
        default_value: default_value.as_ref().map(|value| decode_default(name, own_type, value)).transpose()?.flatten(),
        type_params: params_from_wire(type_params),
    })
}

/// Reads the schema of an array of structs.
pub(super) fn decode_struct(field: &wire::StructArrayFieldSchema) -> Result<StructFieldSchema> {
    let wire::StructArrayFieldSchema { field_id: _, name, description, fields, type_params, nullable } = field;
    Ok(StructFieldSchema {
        name: name.clone(),
        description: description.clone(),
        nullable: *nullable,
        fields: fields.iter().map(decode_field).collect::<Result<_>>()?,
        type_params: params_from_wire(type_params),
    })
}

fn unsupported(field: &str, what: &str) -> Error {
    Error::Unsupported { what: format!("field `{field}`: {what}") }
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
    fn what_a_data_file_cannot_hold_is_refused() {
        let year = wire::FieldSchema { name: "year".to_owned(), data_type: 5, ..Default::default() };
        assert!(decode_field(&year).is_ok());
        let tree = wire::TypeSchema { nullable: true, ..Default::default() };
        for field in [
            wire::FieldSchema { external_field: "Year".to_owned(), ..year.clone() },
            wire::FieldSchema { element_nullable: true, ..year.clone() },
            wire::FieldSchema { type_schema: Some(tree), ..year },
        ] {
            let error = decode_field(&field).unwrap_err().to_string();
            assert!(error.contains("field `year`"), "{error}");
        }
    }

    #[test]
    fn an_array_of_varchar_always_has_a_max_length() {
        let mut words = FieldSchema::new("words", DataType::Array).with_param("max_capacity", 8);
        words.element_type = Some(DataType::VarChar);
        let params = |field: &FieldSchema| params_from_wire(&encode_field(field).unwrap().type_params);
        assert_eq!(params(&words)["max_length"], "65535");
        assert_eq!(params(&words.with_param("max_length", 500))["max_length"], "500");
    }
}
