//! Collection definitions: from and to Milvus' protocol.

use std::collections::BTreeMap;

use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{self as wire, value_field};
use milvus_backup_core::schema::{
    CollectionSchema, ConsistencyLevel, DYNAMIC_FIELD, DataType, DefaultValue, FieldSchema, FunctionKind,
    FunctionSchema, StructFieldSchema,
};
use milvus_backup_core::{CollectionName, Error, Result};
use prost::Message;

/// The data types that both sides know.
const TYPES: &[(wire::DataType, DataType)] = &[
    (wire::DataType::Bool, DataType::Bool),
    (wire::DataType::Int8, DataType::Int8),
    (wire::DataType::Int16, DataType::Int16),
    (wire::DataType::Int32, DataType::Int32),
    (wire::DataType::Int64, DataType::Int64),
    (wire::DataType::Float, DataType::Float),
    (wire::DataType::Double, DataType::Double),
    (wire::DataType::VarChar, DataType::VarChar),
    (wire::DataType::Text, DataType::Text),
    (wire::DataType::Json, DataType::Json),
    (wire::DataType::Array, DataType::Array),
    (wire::DataType::Geometry, DataType::Geometry),
    (wire::DataType::Timestamptz, DataType::Timestamptz),
    (wire::DataType::FloatVector, DataType::FloatVector),
    (wire::DataType::BinaryVector, DataType::BinaryVector),
    (wire::DataType::Float16Vector, DataType::Float16Vector),
    (wire::DataType::BFloat16Vector, DataType::BFloat16Vector),
    (wire::DataType::SparseFloatVector, DataType::SparseFloatVector),
    (wire::DataType::Int8Vector, DataType::Int8Vector),
    (wire::DataType::ArrayOfVector, DataType::ArrayOfVector),
];

const FUNCTIONS: &[(wire::FunctionType, FunctionKind)] = &[
    (wire::FunctionType::Bm25, FunctionKind::Bm25),
    (wire::FunctionType::TextEmbedding, FunctionKind::TextEmbedding),
    (wire::FunctionType::Rerank, FunctionKind::Rerank),
    (wire::FunctionType::MinHash, FunctionKind::MinHash),
    (wire::FunctionType::MolFingerprint, FunctionKind::MolFingerprint),
];

const CONSISTENCY_LEVELS: &[(i32, ConsistencyLevel)] = &[
    (0, ConsistencyLevel::Strong),
    (1, ConsistencyLevel::Session),
    (2, ConsistencyLevel::Bounded),
    (3, ConsistencyLevel::Eventually),
    (4, ConsistencyLevel::Customized),
];

/// Milvus' limit of a `VarChar`, in bytes.
const VARCHAR_MAX_LENGTH: usize = 65_535;

/// The protocol's number of a data type.
pub(crate) fn wire_type(data_type: DataType) -> i32 {
    TYPES.iter().find(|(_, ours)| *ours == data_type).map_or(0, |(theirs, _)| *theirs as i32)
}

fn data_type(field: &str, number: i32) -> Result<DataType> {
    if let Some((_, ours)) = TYPES.iter().find(|(theirs, _)| *theirs as i32 == number) {
        return Ok(*ours);
    }
    let name = wire::DataType::try_from(number).map_or("a type newer than this program", |known| known.as_str_name());
    Err(Error::Unsupported { what: format!("field `{field}` of data type {name} ({number})") })
}

pub(crate) fn pairs(pairs: &[KeyValuePair]) -> BTreeMap<String, String> {
    pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect()
}

pub(crate) fn key_values(pairs: &BTreeMap<String, String>) -> Vec<KeyValuePair> {
    pairs.iter().map(|(key, value)| KeyValuePair { key: key.clone(), value: value.clone() }).collect()
}

/// The definition that a server describes.
pub(crate) fn schema_from_wire(answer: &pb::DescribeCollectionResponse) -> Result<CollectionSchema> {
    let schema = answer
        .schema
        .as_ref()
        .ok_or_else(|| Error::Protocol { message: "a collection without schema was described".to_owned() })?;
    let visible = |field: &&wire::FieldSchema| !field.is_dynamic && field.name != DYNAMIC_FIELD;
    let fields = schema.fields.iter().filter(visible).map(field_from_wire).collect::<Result<Vec<_>>>()?;
    let has_partition_key = fields.iter().any(|field| field.is_partition_key);
    let mut properties = pairs(&schema.properties);
    properties.extend(pairs(&answer.properties));
    Ok(CollectionSchema {
        description: schema.description.clone(),
        fields,
        struct_fields: schema.struct_array_fields.iter().map(struct_from_wire).collect::<Result<_>>()?,
        functions: schema.functions.iter().map(function_from_wire).collect::<Result<_>>()?,
        enable_dynamic_field: schema.enable_dynamic_field,
        shards_num: u32::try_from(answer.shards_num).unwrap_or(0),
        consistency_level: CONSISTENCY_LEVELS
            .iter()
            .find(|(number, _)| *number == answer.consistency_level)
            .map_or(ConsistencyLevel::Bounded, |(_, level)| *level),
        num_partitions: has_partition_key.then(|| u32::try_from(answer.num_partitions).unwrap_or(0)),
        properties,
    })
}

fn field_from_wire(field: &wire::FieldSchema) -> Result<FieldSchema> {
    let data_type = data_type(&field.name, field.data_type)?;
    let has_elements = matches!(data_type, DataType::Array | DataType::ArrayOfVector);
    Ok(FieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        data_type,
        element_type: has_elements.then(|| self::data_type(&field.name, field.element_type)).transpose()?,
        is_primary: field.is_primary_key,
        auto_id: field.auto_id,
        is_partition_key: field.is_partition_key,
        is_clustering_key: field.is_clustering_key,
        nullable: field.nullable,
        is_function_output: field.is_function_output,
        default_value: field
            .default_value
            .as_ref()
            .map(|value| default_from_wire(&field.name, value))
            .transpose()?
            .flatten(),
        type_params: pairs(&field.type_params),
    })
}

fn struct_from_wire(field: &wire::StructArrayFieldSchema) -> Result<StructFieldSchema> {
    Ok(StructFieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        nullable: field.nullable,
        fields: field.fields.iter().map(field_from_wire).collect::<Result<_>>()?,
        type_params: pairs(&field.type_params),
    })
}

fn function_from_wire(function: &wire::FunctionSchema) -> Result<FunctionSchema> {
    let kind = FUNCTIONS.iter().find(|(theirs, _)| *theirs as i32 == function.r#type).map(|(_, ours)| *ours);
    Ok(FunctionSchema {
        name: function.name.clone(),
        description: function.description.clone(),
        kind: kind.ok_or_else(|| Error::Unsupported {
            what: format!("function `{}` of type {}", function.name, function.r#type),
        })?,
        input_fields: function.input_field_names.clone(),
        output_fields: function.output_field_names.clone(),
        params: pairs(&function.params),
    })
}

fn default_from_wire(field: &str, value: &wire::ValueField) -> Result<Option<DefaultValue>> {
    use value_field::Data;

    let Some(data) = &value.data else { return Ok(None) };
    Ok(Some(match data {
        Data::BoolData(value) => DefaultValue::Bool(*value),
        Data::IntData(value) => DefaultValue::Int(*value),
        Data::LongData(value) => DefaultValue::Long(*value),
        Data::FloatData(value) => DefaultValue::Float(format!("{value:?}")),
        Data::DoubleData(value) => DefaultValue::Double(format!("{value:?}")),
        Data::StringData(value) => DefaultValue::String(value.clone()),
        Data::BytesData(value) => {
            DefaultValue::Json(String::from_utf8(value.clone()).map_err(|_| Error::Unsupported {
                what: format!("field `{field}`: a default value that is not UTF-8"),
            })?)
        }
        Data::TimestamptzData(value) => DefaultValue::Timestamptz(*value),
        Data::DateData(_) | Data::TimeData(_) => {
            return Err(Error::Unsupported { what: format!("field `{field}`: a default of a date or time type") });
        }
    }))
}

/// The request that creates a collection.
pub(crate) fn create_request(
    database: String,
    collection: &CollectionName,
    schema: &CollectionSchema,
) -> Result<pb::CreateCollectionRequest> {
    let auto_id = schema.fields.iter().any(|field| field.auto_id);
    #[expect(deprecated, reason = "servers before 2.3 read the flag here")]
    let definition = wire::CollectionSchema {
        name: collection.to_string(),
        description: schema.description.clone(),
        auto_id,
        fields: schema.fields.iter().map(field_to_wire).collect::<Result<_>>()?,
        enable_dynamic_field: schema.enable_dynamic_field,
        functions: schema.functions.iter().map(function_to_wire).collect(),
        struct_array_fields: schema.struct_fields.iter().map(struct_to_wire).collect::<Result<_>>()?,
        ..wire::CollectionSchema::default()
    };
    let level = CONSISTENCY_LEVELS.iter().find(|(_, level)| *level == schema.consistency_level);
    Ok(pb::CreateCollectionRequest {
        db_name: database,
        collection_name: collection.to_string(),
        schema: definition.encode_to_vec(),
        shards_num: i32::try_from(schema.shards_num).unwrap_or(0),
        consistency_level: level.map_or(0, |(number, _)| *number),
        properties: key_values(&schema.properties),
        // A collection without partition key answers with the partitions the user made, which must not go back.
        num_partitions: schema.num_partitions.filter(|_| schema.has_partition_key()).map_or(0, i64::from),
        ..pb::CreateCollectionRequest::default()
    })
}

fn field_to_wire(field: &FieldSchema) -> Result<wire::FieldSchema> {
    Ok(wire::FieldSchema {
        name: field.name.clone(),
        is_primary_key: field.is_primary,
        description: field.description.clone(),
        data_type: wire_type(field.data_type),
        type_params: type_params_to_wire(field),
        auto_id: field.auto_id,
        element_type: field.element_type.map_or(0, wire_type),
        default_value: field.default_value.as_ref().map(|value| default_to_wire(&field.name, value)).transpose()?,
        is_partition_key: field.is_partition_key,
        is_clustering_key: field.is_clustering_key,
        nullable: field.nullable,
        is_function_output: field.is_function_output,
        ..wire::FieldSchema::default()
    })
}

/// Milvus Lite does not tell `max_length` of the elements of an array, and Milvus refuses an array of texts without
/// it: such an array gets the longest there is.
fn type_params_to_wire(field: &FieldSchema) -> Vec<KeyValuePair> {
    let mut params = field.type_params.clone();
    if field.data_type == DataType::Array && field.element_type == Some(DataType::VarChar) {
        params.entry("max_length".to_owned()).or_insert_with(|| VARCHAR_MAX_LENGTH.to_string());
    }
    key_values(&params)
}

fn struct_to_wire(field: &StructFieldSchema) -> Result<wire::StructArrayFieldSchema> {
    Ok(wire::StructArrayFieldSchema {
        name: field.name.clone(),
        description: field.description.clone(),
        fields: field.fields.iter().map(field_to_wire).collect::<Result<_>>()?,
        type_params: key_values(&field.type_params),
        nullable: field.nullable,
        ..wire::StructArrayFieldSchema::default()
    })
}

fn function_to_wire(function: &FunctionSchema) -> wire::FunctionSchema {
    let kind = FUNCTIONS.iter().find(|(_, ours)| *ours == function.kind);
    wire::FunctionSchema {
        name: function.name.clone(),
        description: function.description.clone(),
        r#type: kind.map_or(0, |(theirs, _)| *theirs as i32),
        input_field_names: function.input_fields.clone(),
        output_field_names: function.output_fields.clone(),
        params: key_values(&function.params),
        ..wire::FunctionSchema::default()
    }
}

fn default_to_wire(field: &str, value: &DefaultValue) -> Result<wire::ValueField> {
    use value_field::Data;

    let unreadable = |text: &str| Error::Protocol { message: format!("field `{field}`: `{text}` is not a number") };
    let data = match value {
        DefaultValue::Bool(value) => Data::BoolData(*value),
        DefaultValue::Int(value) => Data::IntData(*value),
        DefaultValue::Long(value) => Data::LongData(*value),
        DefaultValue::Float(text) => Data::FloatData(text.parse().map_err(|_| unreadable(text))?),
        DefaultValue::Double(text) => Data::DoubleData(text.parse().map_err(|_| unreadable(text))?),
        DefaultValue::String(text) => Data::StringData(text.clone()),
        DefaultValue::Json(text) => Data::BytesData(text.clone().into_bytes()),
        DefaultValue::Timestamptz(value) => Data::TimestamptzData(*value),
        other => return Err(Error::Unsupported { what: format!("field `{field}`: default {other:?}") }),
    };
    Ok(wire::ValueField { data: Some(data) })
}

/// The index definitions that a server describes.
pub(crate) fn index_params(params: &[KeyValuePair]) -> BTreeMap<String, String> {
    pairs(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_type_goes_both_ways() {
        for (theirs, ours) in TYPES {
            assert_eq!(wire_type(*ours), *theirs as i32);
            assert_eq!(data_type("f", *theirs as i32).unwrap(), *ours);
        }
    }

    #[test]
    fn an_array_of_varchar_always_has_a_max_length() {
        let mut words = FieldSchema::new("words", DataType::Array).with_param("max_capacity", 8);
        words.element_type = Some(DataType::VarChar);
        let params = |field: &FieldSchema| pairs(&field_to_wire(field).unwrap().type_params);
        assert_eq!(params(&words)["max_length"], "65535");
        assert_eq!(params(&words.with_param("max_length", 500))["max_length"], "500");
    }

    #[test]
    fn a_newer_type_fails_by_name() {
        let error = data_type("when", wire::DataType::Decimal as i32).unwrap_err().to_string();
        assert!(error.contains("`when`") && error.contains("Decimal"), "{error}");
        assert!(data_type("when", 9999).unwrap_err().to_string().contains("9999"));
    }

    #[test]
    fn default_values_keep_their_bits() {
        for value in [0.1_f32, -0.0, f32::NAN, f32::INFINITY, 1.0e-45] {
            let wire = wire::ValueField { data: Some(value_field::Data::FloatData(value)) };
            let ours = default_from_wire("f", &wire).unwrap().unwrap();
            let Some(value_field::Data::FloatData(back)) = default_to_wire("f", &ours).unwrap().data else { panic!() };
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }
}
