//! Descriptions of collections.

use milvus::proto::milvus as pb;
use milvus_backup_columns::params_to_wire;

use super::call::{Call, locked, named};
use super::definition::{described, level_number};
use super::refusal::{Answer, coded};
use super::replication::channels;
use crate::fakes::milvus::collection::Collection;
use crate::fakes::milvus::state::State;

/// Describes the collection with a name or an alias, or with a number where no name is given.
pub(super) fn describe(
    call: &Call<'_>,
    request: pb::DescribeCollectionRequest,
) -> Answer<pb::DescribeCollectionResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let mut answer = if request.collection_name.is_empty() {
        let collection = state.collections.get(&request.collection_id);
        let missing = || coded(100, format!("collection not found[collection={}]", request.collection_id), false);
        description(call, &state, collection.ok_or_else(missing)?)?
    } else {
        let name = named(&request.collection_name)?;
        description(call, &state, state.get("DescribeCollection", &name)?)?
    };
    drop(state);
    if !request.collection_name.is_empty() {
        // As it was asked for: Milvus 2.3.5 was measured to repeat an alias here, and to have the real name in the schema.
        answer.collection_name = request.collection_name;
    }
    locked(&call.parts.tampering).alter_description(&mut answer);
    Ok(answer)
}

fn description(call: &Call<'_>, state: &State, collection: &Collection) -> Answer<pb::DescribeCollectionResponse> {
    let schema = state.model.reported_schema(&collection.schema);
    let partitions = collection.partitions.len();
    let mut aliases: Vec<String> = state.aliases_of(collection.id).map(str::to_owned).collect();
    aliases.sort_unstable();
    let mut answer = pb::DescribeCollectionResponse {
        schema: Some(described(collection.name.as_str(), &schema)?),
        collection_id: collection.id,
        shards_num: i32::try_from(schema.shards_num).unwrap(),
        aliases,
        consistency_level: level_number(schema.consistency_level),
        collection_name: collection.name.to_string(),
        properties: params_to_wire(&schema.properties),
        db_name: state.database.clone(),
        num_partitions: schema.num_partitions.map_or(i64::try_from(partitions).unwrap(), i64::from),
        physical_channel_names: channels(call.parts.settings().replication, schema.shards_num),
        ..Default::default()
    };
    answer.virtual_channel_names = answer
        .physical_channel_names
        .iter()
        .zip(0..)
        .map(|(channel, shard)| format!("{channel}_{}v{shard}", collection.id))
        .collect();
    // `request_time = 17` is in tag v2.5.0, `update_timestamp = 18` in v2.6.0.
    if call.version().at_least(2, 6, 0) {
        answer.update_timestamp = u64::try_from(collection.id).unwrap();
        answer.update_timestamp_str = answer.update_timestamp.to_string();
    }
    Ok(answer)
}
