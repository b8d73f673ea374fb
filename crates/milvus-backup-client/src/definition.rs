//! The definition of a collection, in its description and in the request that creates it.

use milvus::proto::milvus as pb;
use milvus_backup_columns::{decode_schema, encode_schema, params_from_wire, params_to_wire};
use milvus_backup_core::schema::{CollectionSchema, ConsistencyLevel};
use milvus_backup_core::{CollectionName, Error, Result};
use prost::Message;

/// The consistency levels by their numbers in the protocol.
const CONSISTENCY_LEVELS: &[(i32, ConsistencyLevel)] = &[
    (0, ConsistencyLevel::Strong),
    (1, ConsistencyLevel::Session),
    (2, ConsistencyLevel::Bounded),
    (3, ConsistencyLevel::Eventually),
    (4, ConsistencyLevel::Customized),
];

/// Returns the definition that a server describes.
///
/// # Errors
/// [`Error::Protocol`] for a description without a schema, and [`Error::Unsupported`] for parts that this version does
/// not know.
pub(crate) fn described_schema(answer: &pb::DescribeCollectionResponse) -> Result<CollectionSchema> {
    let schema = answer
        .schema
        .as_ref()
        .ok_or_else(|| Error::Protocol { message: "a collection without schema was described".to_owned() })?;
    let mut schema = decode_schema(schema)?;
    schema.shards_num = u32::try_from(answer.shards_num).unwrap_or(0);
    schema.consistency_level = CONSISTENCY_LEVELS
        .iter()
        .find(|(number, _)| *number == answer.consistency_level)
        .map_or(ConsistencyLevel::Bounded, |(_, level)| *level);
    schema.num_partitions = schema.has_partition_key().then(|| u32::try_from(answer.num_partitions).unwrap_or(0));
    schema.properties.extend(params_from_wire(&answer.properties));
    Ok(schema)
}

/// Returns the request that creates a collection.
///
/// # Errors
/// [`Error::Encoding`] and [`Error::Unsupported`] for a schema that the protocol cannot represent.
pub(crate) fn create_request(
    database: String,
    collection: &CollectionName,
    schema: &CollectionSchema,
) -> Result<pb::CreateCollectionRequest> {
    let level = CONSISTENCY_LEVELS.iter().find(|(_, level)| *level == schema.consistency_level);
    Ok(pb::CreateCollectionRequest {
        db_name: database,
        collection_name: collection.to_string(),
        schema: encode_schema(collection.as_str(), schema)?.encode_to_vec(),
        shards_num: i32::try_from(schema.shards_num).unwrap_or(0),
        consistency_level: level.map_or(0, |(number, _)| *number),
        properties: params_to_wire(&schema.properties),
        // For a collection without a partition key, this is the number of user-created partitions, which must not be
        // sent back.
        num_partitions: schema.num_partitions.filter(|_| schema.has_partition_key()).map_or(0, i64::from),
        ..pb::CreateCollectionRequest::default()
    })
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::schema::{DataType, FieldSchema};

    use super::*;

    #[test]
    fn a_definition_survives_its_creation_and_description() {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        let mut schema = CollectionSchema::new(vec![id]);
        schema.shards_num = 2;
        schema.consistency_level = ConsistencyLevel::Session;
        schema.properties.insert("mmap.enabled".to_owned(), "true".to_owned());
        let request = create_request(String::new(), &"films".parse().unwrap(), &schema).unwrap();
        let answer = pb::DescribeCollectionResponse {
            schema: Some(Message::decode(request.schema.as_slice()).unwrap()),
            shards_num: request.shards_num,
            consistency_level: request.consistency_level,
            properties: request.properties,
            // The user-created partitions, which are not part of the definition.
            num_partitions: 3,
            ..Default::default()
        };
        assert_eq!(described_schema(&answer).unwrap(), schema);
    }
}
