//! What a server is, and its databases.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus_backup_columns::{params_from_wire, params_to_wire};
use milvus_backup_core::DEFAULT_DATABASE;

use super::call::{Call, locked};
use super::refusal::{Answer, unexpected, unimplemented};
use crate::fakes::{InMemoryMilvus, ServerModel};

pub(super) fn connect(call: &Call<'_>, _: pb::ConnectRequest) -> Answer<pb::ConnectResponse> {
    let server_info =
        milvus::proto::common::ServerInfo { build_tags: call.version().to_string(), ..Default::default() };
    Ok(pb::ConnectResponse { server_info: Some(server_info), identifier: 1, ..Default::default() })
}

pub(super) fn version(call: &Call<'_>, _: pb::GetVersionRequest) -> Answer<pb::GetVersionResponse> {
    Ok(pb::GetVersionResponse { version: call.version().to_string(), ..Default::default() })
}

pub(super) fn create(call: &Call<'_>, request: pb::CreateDatabaseRequest) -> Answer<Status> {
    call.require_primary()?;
    let mut databases = locked(&call.parts.databases);
    if databases.contains_key(&request.db_name) {
        return Err(unexpected(format!("database already exist: {}", request.db_name)));
    }
    let milvus = InMemoryMilvus::in_database(ServerModel::milvus(call.version()), &request.db_name);
    milvus.set_database_properties(params_from_wire(&request.properties));
    databases.insert(request.db_name, milvus);
    Ok(Status::default())
}

pub(super) fn list(call: &Call<'_>, _: pb::ListDatabasesRequest) -> Answer<pb::ListDatabasesResponse> {
    let db_names: Vec<String> = locked(&call.parts.databases).keys().cloned().collect();
    Ok(pb::ListDatabasesResponse { db_ids: (1..).take(db_names.len()).collect(), db_names, ..Default::default() })
}

pub(super) fn describe(call: &Call<'_>, request: pb::DescribeDatabaseRequest) -> Answer<pb::DescribeDatabaseResponse> {
    if !call.version().describes_databases() {
        return Err(unimplemented("DescribeDatabase"));
    }
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    Ok(pb::DescribeDatabaseResponse {
        db_name: state.database.clone(),
        db_id: if state.database == DEFAULT_DATABASE { 1 } else { 2 },
        properties: params_to_wire(&state.database_properties),
        ..Default::default()
    })
}

pub(super) fn alter(call: &Call<'_>, request: pb::AlterDatabaseRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let properties = &mut milvus.state().database_properties;
    properties.extend(params_from_wire(&request.properties));
    properties.retain(|key, _| !request.delete_keys.contains(key));
    Ok(Status::default())
}
