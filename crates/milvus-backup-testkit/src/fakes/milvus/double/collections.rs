//! Collections that are created, listed, renamed, altered and dropped.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus_backup_columns::params_from_wire;

use super::call::{Call, locked, named};
use super::definition::requested;
use super::properties::{require_alterable, require_creatable};
use super::refusal::{Answer, unexpected};

pub(super) fn create(call: &Call<'_>, request: pb::CreateCollectionRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let (name, schema) = (named(&request.collection_name)?, requested(call.version(), &request)?);
    require_creatable(call, &schema.properties)?;
    milvus.state().create_collection(&name, &schema)?;
    Ok(Status::default())
}

/// Drops a collection. One that does not exist is no error: `errIgnoredDropCollection` of the root coordinator.
pub(super) fn drop(call: &Call<'_>, request: pb::DropCollectionRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let id = state.id_of(&name);
    state.drop_collection(&name)?;
    if let Some(id) = id {
        locked(&call.parts.loads).forget(id);
    }
    Ok(Status::default())
}

pub(super) fn rename(call: &Call<'_>, request: pb::RenameCollectionRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    if !request.new_db_name.is_empty() && request.new_db_name != request.db_name {
        return Err(unexpected("a rename into another database is not modelled"));
    }
    milvus.state().rename_collection(&named(&request.old_name)?, &named(&request.new_name)?)?;
    Ok(Status::default())
}

pub(super) fn alter(call: &Call<'_>, request: pb::AlterCollectionRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let properties = params_from_wire(&request.properties);
    require_alterable(call, &properties)?;
    // Before the tag that has it, the field is read over.
    let removed = if call.version().removes_properties() { request.delete_keys } else { Vec::new() };
    milvus.state().alter_properties(&name, &properties, &removed)?;
    Ok(Status::default())
}

pub(super) fn list(call: &Call<'_>, request: pb::ShowCollectionsRequest) -> Answer<pb::ShowCollectionsResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let mut answer = pb::ShowCollectionsResponse::default();
    for collection in state.collections.values() {
        answer.collection_names.push(collection.name.to_string());
        answer.collection_ids.push(collection.id);
    }
    Ok(answer)
}
