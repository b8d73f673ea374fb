//! Snapshots, and the segments that they keep from compaction.

use std::collections::BTreeMap;

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;

use super::call::{Call, locked, named};
use super::refusal::{Answer, invalid, unexpected, unimplemented};

/// The snapshots of all collections, by the number of the collection and their names.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    made: BTreeMap<(i64, String), Snapshot>,
    pins: BTreeMap<i64, (i64, String)>,
    last_pin: i64,
}

#[derive(Debug)]
struct Snapshot {
    collection: String,
    description: String,
    created: u64,
    /// `compaction_protection_seconds = 6`: tag v3.0.0. Here it lasts until the snapshot is dropped.
    protected_seconds: i64,
    skip_index: bool,
    partitions: Vec<String>,
}

impl Snapshots {
    /// Returns whether segments of a collection are kept from compaction.
    pub(super) fn protect(&self, collection: i64) -> bool {
        let of_it = self.made.iter().filter(|((id, _), _)| *id == collection);
        of_it.into_iter().any(|(_, snapshot)| snapshot.protected_seconds > 0)
    }

    /// Returns the names of all snapshots.
    pub(super) fn names(&self) -> Vec<String> {
        self.made.keys().map(|(_, name)| name.clone()).collect()
    }
}

fn require_snapshots(call: &Call<'_>, name: &str) -> Answer<()> {
    if call.version().has_snapshots() { Ok(()) } else { Err(unimplemented(name)) }
}

/// Refuses a snapshot that does not exist, for which no source names a code.
fn missing(name: &str) -> super::refusal::Refusal {
    unexpected(format!("snapshot {name} not found"))
}

pub(super) fn create(call: &Call<'_>, request: pb::CreateSnapshotRequest) -> Answer<Status> {
    require_snapshots(call, "CreateSnapshot")?;
    call.require_primary()?;
    if request.name.is_empty() {
        return Err(invalid("a snapshot needs a name"));
    }
    let milvus = call.database(&request.db_name)?;
    let mut state = milvus.state();
    let created = state.now();
    let collection = state.get("CreateSnapshot", &named(&request.collection_name)?)?;
    let mut snapshots = locked(&call.parts.snapshots);
    let key = (collection.id, request.name);
    if snapshots.made.contains_key(&key) {
        return Err(unexpected(format!("snapshot {} exists", key.1)));
    }
    let snapshot = Snapshot {
        collection: request.collection_name,
        description: request.description,
        created,
        protected_seconds: request.compaction_protection_seconds,
        skip_index: request.skip_index,
        partitions: collection.partition_names(),
    };
    snapshots.made.insert(key, snapshot);
    Ok(Status::default())
}

pub(super) fn drop(call: &Call<'_>, request: pb::DropSnapshotRequest) -> Answer<Status> {
    require_snapshots(call, "DropSnapshot")?;
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let id = milvus.state().get("DropSnapshot", &named(&request.collection_name)?)?.id;
    let key = (id, request.name);
    let mut snapshots = locked(&call.parts.snapshots);
    if snapshots.pins.values().any(|pinned| *pinned == key) {
        return Err(unexpected(format!("snapshot {} is pinned", key.1)));
    }
    snapshots.made.remove(&key).map(|_| Status::default()).ok_or_else(|| missing(&key.1))
}

/// Lists snapshots, of all collections where none is named.
pub(super) fn list(call: &Call<'_>, request: pb::ListSnapshotsRequest) -> Answer<pb::ListSnapshotsResponse> {
    require_snapshots(call, "ListSnapshots")?;
    let milvus = call.database(&request.db_name)?;
    let id = match request.collection_name.as_str() {
        "" => None,
        name => Some(milvus.state().get("ListSnapshots", &named(name)?)?.id),
    };
    let snapshots = locked(&call.parts.snapshots);
    let found = snapshots.made.keys().filter(|(collection, _)| id.is_none_or(|id| id == *collection));
    Ok(pb::ListSnapshotsResponse { snapshots: found.map(|(_, name)| name.clone()).collect(), ..Default::default() })
}

pub(super) fn describe(call: &Call<'_>, request: pb::DescribeSnapshotRequest) -> Answer<pb::DescribeSnapshotResponse> {
    require_snapshots(call, "DescribeSnapshot")?;
    let milvus = call.database(&request.db_name)?;
    let id = milvus.state().get("DescribeSnapshot", &named(&request.collection_name)?)?.id;
    let snapshots = locked(&call.parts.snapshots);
    let found = snapshots.made.get(&(id, request.name.clone())).ok_or_else(|| missing(&request.name))?;
    Ok(pb::DescribeSnapshotResponse {
        name: request.name,
        description: found.description.clone(),
        collection_name: found.collection.clone(),
        partition_names: found.partitions.clone(),
        create_ts: i64::try_from(found.created).unwrap(),
        skip_index: found.skip_index,
        ..Default::default()
    })
}

pub(super) fn pin(call: &Call<'_>, request: pb::PinSnapshotDataRequest) -> Answer<pb::PinSnapshotDataResponse> {
    require_snapshots(call, "PinSnapshotData")?;
    let milvus = call.database(&request.db_name)?;
    let id = milvus.state().get("PinSnapshotData", &named(&request.collection_name)?)?.id;
    let mut snapshots = locked(&call.parts.snapshots);
    let key = (id, request.name);
    if !snapshots.made.contains_key(&key) {
        return Err(missing(&key.1));
    }
    snapshots.last_pin += 1;
    let pin_id = snapshots.last_pin;
    snapshots.pins.insert(pin_id, key);
    Ok(pb::PinSnapshotDataResponse { pin_id, ..Default::default() })
}

pub(super) fn unpin(call: &Call<'_>, request: pb::UnpinSnapshotDataRequest) -> Answer<Status> {
    require_snapshots(call, "UnpinSnapshotData")?;
    let unpinned = locked(&call.parts.snapshots).pins.remove(&request.pin_id);
    unpinned.map(|_| Status::default()).ok_or_else(|| unexpected(format!("pin {} not found", request.pin_id)))
}
