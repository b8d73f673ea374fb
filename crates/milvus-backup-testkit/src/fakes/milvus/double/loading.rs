//! Collections and partitions in memory.

use std::collections::BTreeMap;

use milvus::proto::common::{LoadState as WireState, Status};
use milvus::proto::milvus as pb;
use milvus_backup_core::LoadState;

use super::call::{Call, locked, named};
use super::refusal::{Answer, not_fully_loaded, not_loaded, of_load};
use crate::fakes::milvus::collection::Collection;

/// Collections that are being loaded, by their numbers, and for how many polls they still are.
#[derive(Debug, Default)]
pub(super) struct Loads(BTreeMap<i64, (u32, u32)>);

impl Loads {
    pub(super) fn begin(&mut self, collection: i64, polls: u32) {
        if polls > 0 {
            self.0.insert(collection, (polls, polls));
        }
    }

    pub(super) fn forget(&mut self, collection: i64) {
        self.0.remove(&collection);
    }

    /// Returns whether the collection is being loaded, and counts the poll.
    fn poll(&mut self, collection: i64) -> bool {
        let Some((left, _)) = self.0.get_mut(&collection) else { return false };
        *left -= 1;
        if *left == 0 {
            self.0.remove(&collection);
        }
        true
    }

    /// Returns how much of the collection is loaded, in percent.
    fn progress(&self, collection: i64) -> i64 {
        self.0.get(&collection).map_or(100, |(left, all)| i64::from((all - left) * 100 / all))
    }

    /// Refuses a read of a collection that is being loaded.
    pub(super) fn require_done(&self, collection: i64, name: &str) -> Answer<()> {
        if self.0.contains_key(&collection) { Err(not_fully_loaded(name)) } else { Ok(()) }
    }
}

/// Returns a number of replicas as a request has it: 0 stands for none named.
fn replica_number(number: i32) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}

pub(super) fn load(call: &Call<'_>, request: pb::LoadCollectionRequest) -> Answer<Status> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let was_loaded = state.find(&name).is_some_and(Collection::is_any_loaded);
    state.load_collection(&name, replica_number(request.replica_number)).map_err(of_load)?;
    if let Some(id) = state.id_of(&name).filter(|_| !was_loaded) {
        locked(&call.parts.loads).begin(id, call.parts.settings().polls_to_load);
    }
    Ok(Status::default())
}

pub(super) fn release(call: &Call<'_>, request: pb::ReleaseCollectionRequest) -> Answer<Status> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    state.release_collection(&name)?;
    if let Some(id) = state.id_of(&name) {
        locked(&call.parts.loads).forget(id);
    }
    Ok(Status::default())
}

pub(super) fn load_some(call: &Call<'_>, request: pb::LoadPartitionsRequest) -> Answer<Status> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let (partitions, replicas) = (request.partition_names, replica_number(request.replica_number));
    milvus.state().load_partitions(&name, &partitions, replicas).map_err(of_load)?;
    Ok(Status::default())
}

pub(super) fn release_some(call: &Call<'_>, request: pb::ReleasePartitionsRequest) -> Answer<Status> {
    let milvus = call.database(&request.db_name)?;
    milvus.state().release_partitions(&named(&request.collection_name)?, &request.partition_names)?;
    Ok(Status::default())
}

pub(super) fn state(call: &Call<'_>, request: pb::GetLoadStateRequest) -> Answer<pb::GetLoadStateResponse> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let state = milvus.state();
    let found = state.load_state(&name, &request.partition_names)?;
    let Some(id) = state.id_of(&name) else {
        return Ok(answer(WireState::NotExist));
    };
    let is_loading = found == LoadState::Loaded && locked(&call.parts.loads).poll(id);
    Ok(answer(match found {
        LoadState::Loading => WireState::Loading,
        LoadState::Loaded if is_loading => WireState::Loading,
        LoadState::Loaded => WireState::Loaded,
        LoadState::NotLoaded => WireState::NotLoad,
    }))
}

fn answer(state: WireState) -> pb::GetLoadStateResponse {
    pb::GetLoadStateResponse { state: state.into(), ..Default::default() }
}

pub(super) fn progress(
    call: &Call<'_>,
    request: pb::GetLoadingProgressRequest,
) -> Answer<pb::GetLoadingProgressResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let collection = state.get("GetLoadingProgress", &named(&request.collection_name)?)?;
    if !collection.is_any_loaded() && collection.loading.is_empty() {
        return Err(not_loaded(&request.collection_name));
    }
    let progress = locked(&call.parts.loads).progress(collection.id);
    Ok(pb::GetLoadingProgressResponse { progress, refresh_progress: 100, ..Default::default() })
}

pub(super) fn replicas(call: &Call<'_>, request: pb::GetReplicasRequest) -> Answer<pb::GetReplicasResponse> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let state = milvus.state();
    let id = state.get("GetReplicas", &name)?.id;
    let Some(number) = state.replica_number(&name) else { return Err(not_loaded(&request.collection_name)) };
    let replica = |number| pb::ReplicaInfo { replica_id: i64::from(number), collection_id: id, ..Default::default() };
    Ok(pb::GetReplicasResponse { replicas: (1..=number).map(replica).collect(), ..Default::default() })
}
