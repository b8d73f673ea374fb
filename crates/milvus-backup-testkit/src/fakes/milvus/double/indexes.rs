//! Indexes.

use std::collections::BTreeMap;

use milvus::proto::common::{IndexState, Status};
use milvus::proto::milvus as pb;
use milvus_backup_columns::{params_from_wire, params_to_wire};
use milvus_backup_core::schema::IndexDefinition;

use super::call::{Call, named};
use super::refusal::{Answer, no_index};

pub(super) fn create(call: &Call<'_>, request: pb::CreateIndexRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let index = IndexDefinition {
        field_name: request.field_name,
        index_name: request.index_name,
        params: params_from_wire(&request.extra_params),
    };
    milvus.state().create_index(&named(&request.collection_name)?, &index)?;
    Ok(Status::default())
}

pub(super) fn describe(call: &Call<'_>, request: pb::DescribeIndexRequest) -> Answer<pb::DescribeIndexResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let collection = state.get("DescribeIndex", &named(&request.collection_name)?)?;
    if collection.indexes.is_empty() {
        return Err(no_index(&request.collection_name));
    }
    let reported = collection.indexes.iter().map(|index| state.model.reported_index(&collection.schema, index));
    let index_descriptions = reported.map(|index| pb::IndexDescription {
        index_name: index.index_name,
        field_name: index.field_name,
        params: params_to_wire(&index.params),
        state: IndexState::Finished.into(),
        ..Default::default()
    });
    Ok(pb::DescribeIndexResponse { index_descriptions: index_descriptions.collect(), ..Default::default() })
}

pub(super) fn drop(call: &Call<'_>, request: pb::DropIndexRequest) -> Answer<Status> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let mut index =
        IndexDefinition { field_name: request.field_name, index_name: request.index_name, params: BTreeMap::new() };
    if index.field_name.is_empty() {
        let indexes = &state.get("DropIndex", &name)?.indexes;
        let found = indexes.iter().find(|other| other.index_name == index.index_name);
        index.field_name = found.map(|found| found.field_name.clone()).unwrap_or_default();
    }
    state.drop_index(&name, &index)?;
    Ok(Status::default())
}
