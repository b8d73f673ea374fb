//! Rows that are inserted, upserted and deleted.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_core::Access;
use prost::Message;

use super::call::{Call, locked, named};
use super::columns::rows;
use super::filters::{filter_of, keys_where};
use super::refusal::{Answer, Refusal, invalid};

/// Bytes of a request at most: `proxy.grpc.serverMaxRecvSize` of `milvus.yaml`.
const MAX_MESSAGE: usize = 64 << 20;

/// Inserts that were accepted under a key, or with this content, by their collections.
#[derive(Debug, Default)]
pub(super) struct AcceptedInserts(BTreeMap<(i64, Vec<u8>), pb::MutationResult>);

/// What becomes of an insert that may be one that was made before.
enum Retries {
    /// It is looked for by this key.
    By(Vec<u8>),
    /// It is inserted in any case.
    Inserted,
}

pub(super) fn insert(call: &Call<'_>, request: pb::InsertRequest) -> Answer<pb::MutationResult> {
    call.require_primary()?;
    if request.encoded_len() > MAX_MESSAGE {
        let (length, most) = (request.encoded_len(), MAX_MESSAGE);
        let message = format!("grpc: received message larger than max ({length} vs. {most})");
        return Err(Refusal::Grpc(tonic::Status::resource_exhausted(message)));
    }
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    state.permit(Access::Insert, "Insert")?;
    let collection = state.get("Insert", &name)?;
    let (id, schema) = (collection.id, collection.schema.clone());
    let retries = retries(call, &schema.properties, &request)?;
    if let Retries::By(key) = &retries
        && let Some(first) = locked(&call.parts.inserts).0.get(&(id, key.clone()))
    {
        return Ok(first.clone());
    }
    if request.num_rows == 0 {
        return Err(invalid(
            "the num_rows should be greater than 0: invalid parameter[expected=invalid num_rows][actual=0]",
        ));
    }
    let batch = rows(&schema, request.num_rows, request.fields_data)?;
    let partition = Some(request.partition_name.as_str()).filter(|name| !name.is_empty());
    let accepted = state.insert(&name, &schema, partition, &batch)?;
    let answer = pb::MutationResult {
        insert_cnt: i64::try_from(accepted).unwrap(),
        acknowledged: false,
        timestamp: state.now(),
        ..Default::default()
    };
    if let Retries::By(key) = retries {
        locked(&call.parts.inserts).0.insert((id, key), answer.clone());
    }
    Ok(answer)
}

/// Tells retries from other inserts (milvus#50007): a key needs `streaming.idempotency.enabled` on the server and
/// `collection.insert.idempotency.enabled` on the collection, and is an error 1100 where either is off. Where both are
/// on, a batch without a key is known by its content.
fn retries(call: &Call<'_>, properties: &BTreeMap<String, String>, request: &pb::InsertRequest) -> Answer<Retries> {
    if !call.version().knows_insert_keys() {
        return Ok(Retries::Inserted);
    }
    let of_collection = properties.get("collection.insert.idempotency.enabled").is_some_and(|value| value == "true");
    let is_on = of_collection && call.parts.settings().insert_keys;
    match &call.idempotency_key {
        Some(_) if !is_on => Err(invalid("an idempotency key was sent, and idempotent inserts are off")),
        Some(key) => Ok(Retries::By(key.clone().into_bytes())),
        None if is_on => Ok(Retries::By(request.encode_to_vec())),
        None => Ok(Retries::Inserted),
    }
}

pub(super) fn upsert(call: &Call<'_>, request: pb::UpsertRequest) -> Answer<pb::MutationResult> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let schema = milvus.state().get("Upsert", &name)?.schema.clone();
    let batch = rows(&schema, request.num_rows, request.fields_data)?;
    let partition = Some(request.partition_name.as_str()).filter(|name| !name.is_empty());
    let upserted = milvus.upsert(&name, partition, &batch)?;
    Ok(pb::MutationResult { upsert_cnt: i64::try_from(upserted).unwrap(), ..Default::default() })
}

pub(super) fn delete(call: &Call<'_>, request: pb::DeleteRequest) -> Answer<pb::MutationResult> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let filter = filter_of(&state, &name, &request.expr)?;
    let partition = Some(request.partition_name.as_str()).filter(|name| !name.is_empty());
    let partitions = match partition {
        Some(partition) => vec![partition.to_owned()],
        None => state.get("Delete", &name)?.partition_names(),
    };
    let keys = keys_where(&state, &name, &partitions, &filter);
    state.delete(&name, partition, &keys)?;
    Ok(pb::MutationResult { delete_cnt: i64::try_from(keys.len()).unwrap(), ..Default::default() })
}
