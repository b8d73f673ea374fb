//! Queries: which rows of which moment, and how many.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus::proto::schema::{FieldData, LongArray, ScalarField, field_data, scalar_field};
use milvus_backup_columns::params_from_wire;
use milvus_backup_core::{CollectionName, ReadPoint};
use prost::Message;

use super::call::{Call, locked, named};
use super::columns::columns;
use super::expression::Expression;
use super::extent::{extent, opened, require_no_policies};
use super::filters::read_filter;
use super::journal::SeenRead;
use super::refusal::{Answer, unexpected};
use crate::fakes::milvus::model::ReadPoints;
use crate::fakes::milvus::rows::RowRef;
use crate::fakes::milvus::state::State;

const COUNT: &str = "count(*)";

/// What a query asks for, beside the collection.
#[derive(Debug)]
struct Page {
    filter: Expression,
    partitions: Vec<String>,
    moment: Option<u64>,
    limit: usize,
    offset: usize,
}

pub(super) fn query(call: &Call<'_>, request: pb::QueryRequest) -> Answer<pb::QueryResults> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let params = params_from_wire(&request.query_params);
    let is_iterator = params.get("iterator").is_some_and(|value| value == "True");
    let mut seen = seen(&request, is_iterator);
    let is_first = is_iterator && request.guarantee_timestamp == 0;
    // As the proxy has it (`queryTask`): pages of an iterator are of exactly the moment that they name. All others, and all
    // before the tag that has `session_ts`, are of the present, and `guarantee_timestamp` is a lower bound.
    let named_moment = Some(request.guarantee_timestamp).filter(|moment| is_iterator && *moment > 0);
    seen.moment = named_moment.and_then(|moment| state.moment(ReadPoint::Snapshot(moment)));
    let answered = answer(call, &mut state, &name, &request, &params, seen.moment);
    let mut answer = match answered {
        Ok(answer) => answer,
        Err(refusal) => {
            *call.read.borrow_mut() = Some(seen);
            return Err(refusal);
        }
    };
    if is_first && state.model.rows.read_points == ReadPoints::Snapshot {
        answer.results.session_ts = state.now();
    }
    drop(state);
    seen.session_ts = answer.results.session_ts;
    seen.rows = answer.rows;
    *call.read.borrow_mut() = Some(seen);
    require_size(call, &answer.results)?;
    locked(&call.parts.tampering).alter_rows(&mut answer.results);
    Ok(answer.results)
}

/// Returns what was asked for, for the journal.
fn seen(request: &pb::QueryRequest, is_iterator: bool) -> SeenRead {
    SeenRead {
        collection: request.collection_name.clone(),
        partitions: request.partition_names.clone(),
        expr: request.expr.clone(),
        output_fields: request.output_fields.clone(),
        guarantee_timestamp: request.guarantee_timestamp,
        consistency_level: request.consistency_level,
        is_iterator,
        ..SeenRead::default()
    }
}

struct Answered {
    results: pb::QueryResults,
    rows: usize,
}

/// Returns an answer without its `session_ts`.
fn answer(
    call: &Call<'_>,
    state: &mut State,
    name: &CollectionName,
    request: &pb::QueryRequest,
    params: &BTreeMap<String, String>,
    moment: Option<u64>,
) -> Answer<Answered> {
    let counts = request.output_fields.iter().any(|field| field == COUNT);
    let collection = state.get("Query", name)?;
    let (id, schema) = (collection.id, collection.schema.clone());
    require_no_policies(call, &schema.properties, request)?;
    let key = schema.primary_key()?.clone();
    let filter = read_filter(state, &request.expr, &key)?;
    let (limit, offset) = if counts { (0, 0) } else { extent(call, state, request, params)? };
    locked(&call.parts.loads).require_done(id, &request.collection_name)?;
    let page = Page { filter, partitions: opened(state, name, &request.partition_names)?, moment, limit, offset };
    let mut results = pb::QueryResults {
        collection_name: request.collection_name.clone(),
        output_fields: request.output_fields.clone(),
        ..pb::QueryResults::default()
    };
    if call.version().names_keys() {
        results.primary_field_name = key.name;
    }
    if counts {
        results.fields_data = vec![count_column(counted(state, name, &page))];
        return Ok(Answered { results, rows: 1 });
    }
    let rows = returned(state, name, &page);
    results.fields_data = columns(&schema, &request.output_fields, &rows, call.parts.settings().validity)?;
    Ok(Answered { results, rows: rows.len() })
}

fn counted(state: &State, name: &CollectionName, page: &Page) -> u64 {
    let view = state.view(name, &page.partitions, page.moment);
    let found = view.found(&page.filter.range()).filter(|found| page.filter.holds(found.key));
    found.map(|found| found.counted).sum()
}

fn returned(state: &State, name: &CollectionName, page: &Page) -> Vec<RowRef> {
    let view = state.view(name, &page.partitions, page.moment);
    let found = view.found(&page.filter.range()).filter(|found| page.filter.holds(found.key));
    let rows = found.filter_map(|found| found.returned).skip(page.offset).take(page.limit);
    rows.cloned().collect()
}

fn count_column(count: u64) -> FieldData {
    let values = LongArray { data: vec![i64::try_from(count).unwrap()] };
    let scalars = ScalarField { data: Some(scalar_field::Data::LongData(values)), ..ScalarField::default() };
    FieldData {
        r#type: milvus::proto::schema::DataType::Int64.into(),
        field_name: COUNT.to_owned(),
        field: Some(field_data::Field::Scalars(scalars)),
        ..FieldData::default()
    }
}

/// Answers of more bytes than the server is configured to give.
fn require_size(call: &Call<'_>, answer: &pb::QueryResults) -> Answer<()> {
    if answer.encoded_len() > call.parts.settings().max_output_bytes {
        return Err(unexpected("query results exceed the maxOutputSize Limit"));
    }
    Ok(())
}
