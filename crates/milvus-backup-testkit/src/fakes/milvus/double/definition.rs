//! Definitions of collections: out of a request, and into a description.

use milvus::proto::milvus as pb;
use milvus::proto::schema as wire;
use milvus_backup_columns::{decode_schema, encode_schema, params_from_wire};
use milvus_backup_core::schema::{CollectionSchema, ConsistencyLevel};
use prost::Message;

use super::protocol_losses::as_read;
use super::refusal::{Answer, invalid, unexpected};
use crate::fakes::milvus::version::Version;

/// `ConsistencyLevel` of `common.proto`, by its numbers.
const LEVELS: [ConsistencyLevel; 5] = [
    ConsistencyLevel::Strong,
    ConsistencyLevel::Session,
    ConsistencyLevel::Bounded,
    ConsistencyLevel::Eventually,
    ConsistencyLevel::Customized,
];

/// Hash partitions of a collection with a partition key, where no number is asked for: `common.DefaultPartitionsWithPartitionKey`.
const HASH_PARTITIONS: u32 = 16;

/// The first number of a field that a user defined: `common.StartOfUserFieldID`.
const FIRST_FIELD: i64 = 100;

/// Returns the definition in a request, as a server of this release reads it.
pub(super) fn requested(version: Version, request: &pb::CreateCollectionRequest) -> Answer<CollectionSchema> {
    let sent = wire::CollectionSchema::decode(request.schema.as_slice()).map_err(|error| invalid(error.to_string()))?;
    let mut schema = decode_schema(&as_read(version, sent)).map_err(|error| unexpected(error.full_message()))?;
    schema.shards_num = u32::try_from(request.shards_num).unwrap_or(0).max(1);
    schema.consistency_level = usize::try_from(request.consistency_level)
        .ok()
        .and_then(|number| LEVELS.get(number).copied())
        .unwrap_or(LEVELS[0]);
    schema.num_partitions = schema.has_partition_key().then(|| match u32::try_from(request.num_partitions) {
        Ok(number) if number > 0 => number,
        _ => HASH_PARTITIONS,
    });
    schema.properties = params_from_wire(&request.properties);
    Ok(schema)
}

/// Returns the number of a consistency level.
pub(super) fn level_number(level: ConsistencyLevel) -> i32 {
    LEVELS.iter().zip(0..).find(|(known, _)| **known == level).map_or(0, |(_, number)| number)
}

/// Returns the schema as a description has it, with the numbers of its fields.
pub(super) fn described(name: &str, schema: &CollectionSchema) -> Answer<wire::CollectionSchema> {
    let mut described = encode_schema(name, schema)?;
    for (field, number) in described.fields.iter_mut().zip(FIRST_FIELD..) {
        field.field_id = number;
    }
    let first = FIRST_FIELD + i64::try_from(described.fields.len()).unwrap();
    for (field, number) in described.struct_array_fields.iter_mut().zip(first..) {
        field.field_id = number;
    }
    Ok(described)
}

/// Returns the number of a field; 0 for one that has none.
pub(super) fn field_number(schema: &CollectionSchema, name: &str) -> i64 {
    schema.fields.iter().zip(FIRST_FIELD..).find(|(field, _)| field.name == name).map_or(0, |(_, number)| number)
}
