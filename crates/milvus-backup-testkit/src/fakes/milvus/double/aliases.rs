//! Aliases.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;

use super::call::{Call, named};
use super::refusal::{Answer, coded};

/// `ErrAliasNotFound` of Milvus' errors (`merr`).
const ALIAS_NOT_FOUND: i32 = 1600;

pub(super) fn create(call: &Call<'_>, request: pb::CreateAliasRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    milvus.state().create_alias(&named(&request.collection_name)?, &request.alias)?;
    Ok(Status::default())
}

pub(super) fn alter(call: &Call<'_>, request: pb::AlterAliasRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    milvus.state().alter_alias(&named(&request.collection_name)?, &request.alias)?;
    Ok(Status::default())
}

pub(super) fn drop(call: &Call<'_>, request: pb::DropAliasRequest) -> Answer<Status> {
    call.require_primary()?;
    call.database(&request.db_name)?.drop_alias(&request.alias);
    Ok(Status::default())
}

pub(super) fn list(call: &Call<'_>, request: pb::ListAliasesRequest) -> Answer<pb::ListAliasesResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let aliases = if request.collection_name.is_empty() {
        state.aliases.keys().cloned().collect()
    } else {
        let id = state.get("ListAliases", &named(&request.collection_name)?)?.id;
        state.aliases_of(id).map(str::to_owned).collect()
    };
    Ok(pb::ListAliasesResponse {
        db_name: state.database.clone(),
        collection_name: request.collection_name,
        aliases,
        ..Default::default()
    })
}

pub(super) fn describe(call: &Call<'_>, request: pb::DescribeAliasRequest) -> Answer<pb::DescribeAliasResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let owner = state.aliases.get(&request.alias).and_then(|id| state.collections.get(id));
    let missing = || coded(ALIAS_NOT_FOUND, format!("alias not found[alias={}]", request.alias), false);
    Ok(pb::DescribeAliasResponse {
        db_name: state.database.clone(),
        collection: owner.ok_or_else(missing)?.name.to_string(),
        alias: request.alias,
        ..Default::default()
    })
}
