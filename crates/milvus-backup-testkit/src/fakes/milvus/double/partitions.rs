//! Partitions.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus_backup_core::Access;

use super::call::{Call, named};
use super::refusal::Answer;
use crate::fakes::milvus::collection::Collection;

/// Returns the numbers of the partitions of a collection, in their order.
pub(super) fn numbers(collection: &Collection) -> impl Iterator<Item = (&str, i64)> {
    collection.partitions.iter().map(|partition| partition.name.as_str()).zip(collection.id + 1..)
}

pub(super) fn list(call: &Call<'_>, request: pb::ShowPartitionsRequest) -> Answer<pb::ShowPartitionsResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    state.permit(Access::ShowPartitions, "ShowPartitions")?;
    let collection = state.get("ShowPartitions", &named(&request.collection_name)?)?;
    let mut answer = pb::ShowPartitionsResponse::default();
    if let Some(hashed) = collection.schema.num_partitions {
        // What hash partitions are called: `_default_0` and so on, in `milvus.yaml`'s `defaultPartitionName`.
        answer.partition_names = (0..hashed).map(|number| format!("_default_{number}")).collect();
        answer.partition_i_ds = (collection.id + 1..).take(answer.partition_names.len()).collect();
        return Ok(answer);
    }
    for (name, number) in numbers(collection) {
        answer.partition_names.push(name.to_owned());
        answer.partition_i_ds.push(number);
    }
    Ok(answer)
}

pub(super) fn create(call: &Call<'_>, request: pb::CreatePartitionRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    milvus.state().create_partition(&named(&request.collection_name)?, &request.partition_name)?;
    Ok(Status::default())
}
