//! Queries: which rows of which moment, and how many.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus::proto::schema::{FieldData, LongArray, ScalarField, field_data, scalar_field};
use milvus_backup_columns::params_from_wire;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{CollectionName, ReadPoint};
use prost::Message;

use super::call::{Call, locked, named};
use super::columns::columns;
use super::expression::{Expression, Unreadable};
use super::journal::SeenRead;
use super::refusal::{Answer, invalid, of_read, unexpected};
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
    if is_first && call.version().has_session_ts() {
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

/// What was asked for, for the journal.
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

/// An answer without its `session_ts`.
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
    let key = schema.primary_key()?.name.clone();
    let filter = read_filter(state, &request.expr, &key)?;
    let (limit, offset) = if counts { (0, 0) } else { extent(call, state, request, params)? };
    locked(&call.parts.loads).require_done(id, &request.collection_name)?;
    let page = Page { filter, partitions: opened(state, name, &request.partition_names)?, moment, limit, offset };
    let mut results = pb::QueryResults {
        collection_name: request.collection_name.clone(),
        output_fields: request.output_fields.clone(),
        ..pb::QueryResults::default()
    };
    // `primary_field_name = 6`: tag v2.6.0.
    if call.version().at_least(2, 6, 0) {
        results.primary_field_name = key;
    }
    if counts {
        results.fields_data = vec![count_column(counted(state, name, &page))];
        return Ok(Answered { results, rows: 1 });
    }
    let rows = returned(state, name, &page);
    results.fields_data = columns(&schema, &request.output_fields, &rows, call.parts.settings().validity)?;
    Ok(Answered { results, rows: rows.len() })
}

/// Row-level security: a query of nobody is denied (`ResolveRuntimePrincipal`), unless it may read all rows.
fn require_no_policies(
    call: &Call<'_>,
    properties: &BTreeMap<String, String>,
    request: &pb::QueryRequest,
) -> Answer<()> {
    let is_on = call.version().has_row_policies() && properties.get("rls.enabled").is_some_and(|value| value == "true");
    if is_on && request.rls_principal.is_empty() && !request.skip_rls {
        return Err(unexpected("rls_principal is required"));
    }
    Ok(())
}

fn read_filter(state: &State, text: &str, key: &str) -> Answer<Expression> {
    let read = Expression::read(text, key, |name| state.model.rows.reserved_keys.contains(name));
    read.map_err(|unreadable| match unreadable {
        Unreadable::Unparsable => unexpected(format!("cannot parse expression: {text}, error: line 1:0")),
        Unreadable::Field(field) => unexpected(format!("a filter on the field `{field}` is not modelled")),
    })
}

/// How many rows a query asks for, and after how many.
fn extent(
    call: &Call<'_>,
    state: &State,
    request: &pb::QueryRequest,
    params: &BTreeMap<String, String>,
) -> Answer<(usize, usize)> {
    let number = |name: &str| params.get(name).and_then(|value| value.parse::<usize>().ok());
    let (limit, offset) = (number("limit"), number("offset").unwrap_or(0));
    if limit.is_none() && request.expr.is_empty() {
        return Err(invalid("empty expression should be used with limit: invalid parameter"));
    }
    let (limit, window) = (limit.unwrap_or(usize::MAX), state.model.rows.window);
    if limit != usize::MAX && limit.saturating_add(offset) > window {
        return Err(unexpected(format!(
            "invalid max query result window, (offset+limit) should be in range [1, {window}], but got {}",
            limit + offset
        )));
    }
    let may_be_short = params.get("reduce_stop_for_best").is_some_and(|value| value == "True");
    let shorter = if may_be_short { call.parts.settings().rows_of_short_pages.max(1) } else { usize::MAX };
    Ok((limit.min(shorter), offset))
}

/// The partitions that are read: those that are named, or all that are loaded.
fn opened(state: &mut State, name: &CollectionName, partitions: &[String]) -> Answer<Vec<String>> {
    if partitions.is_empty() {
        return state.open(name, None).map_err(of_read);
    }
    let mut opened = Vec::new();
    for partition in partitions {
        opened.extend(state.open(name, Some(partition)).map_err(of_read)?);
    }
    Ok(opened)
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

/// The keys for which a filter holds now, in these partitions.
pub(super) fn keys_where(
    state: &State,
    name: &CollectionName,
    partitions: &[String],
    filter: &Expression,
) -> Vec<PrimaryKey> {
    let view = state.view(name, partitions, None);
    let found = view.found(&filter.range()).filter(|found| filter.holds(found.key));
    found.map(|found| found.key.clone()).collect()
}

/// A filter as a delete has it.
pub(super) fn filter_of(state: &State, name: &CollectionName, text: &str) -> Answer<Expression> {
    let key = state.get("Delete", name)?.schema.primary_key()?.name.clone();
    read_filter(state, text, &key)
}
