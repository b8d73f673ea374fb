//! What is in storage: flushes, statistics, segments, and the clock of the server.

use milvus::proto::common::{KeyValuePair, SegmentLevel, SegmentState};
use milvus::proto::milvus as pb;
use milvus::proto::schema::LongArray;

use super::call::{Call, named};
use super::partitions::numbers;
use super::refusal::Answer;

pub(super) fn flush(call: &Call<'_>, request: pb::FlushRequest) -> Answer<pb::FlushResponse> {
    let milvus = call.database(&request.db_name)?;
    let mut answer = pb::FlushResponse { db_name: request.db_name, ..Default::default() };
    for name in request.collection_names {
        let mut state = milvus.state();
        state.flush(&named(&name)?)?;
        answer.coll_seg_i_ds.insert(name.clone(), LongArray::default());
        answer.coll_flush_ts.insert(name, state.now());
    }
    Ok(answer)
}

/// Answers that it is done: a flush is when it is answered.
pub(super) fn flush_state(_: &Call<'_>, _: pb::GetFlushStateRequest) -> Answer<pb::GetFlushStateResponse> {
    Ok(pb::GetFlushStateResponse { flushed: true, ..Default::default() })
}

fn row_count(rows: u64) -> Vec<KeyValuePair> {
    vec![KeyValuePair { key: "row_count".to_owned(), value: rows.to_string() }]
}

pub(super) fn statistics(
    call: &Call<'_>,
    request: pb::GetCollectionStatisticsRequest,
) -> Answer<pb::GetCollectionStatisticsResponse> {
    let milvus = call.database(&request.db_name)?;
    let rows = milvus.state().stored_rows(&named(&request.collection_name)?, None)?;
    Ok(pb::GetCollectionStatisticsResponse { stats: row_count(rows), ..Default::default() })
}

pub(super) fn partition_statistics(
    call: &Call<'_>,
    request: pb::GetPartitionStatisticsRequest,
) -> Answer<pb::GetPartitionStatisticsResponse> {
    let milvus = call.database(&request.db_name)?;
    let rows = milvus.state().stored_rows(&named(&request.collection_name)?, Some(&request.partition_name))?;
    Ok(pb::GetPartitionStatisticsResponse { stats: row_count(rows), ..Default::default() })
}

/// Returns the segment of a partition that is served.
fn served_segment(partition: i64) -> i64 {
    2 * partition
}

/// Lists two segments for each partition: one with the rows that are served, one with those that are not.
pub(super) fn stored_segments(
    call: &Call<'_>,
    request: pb::GetPersistentSegmentInfoRequest,
) -> Answer<pb::GetPersistentSegmentInfoResponse> {
    let milvus = call.database(&request.db_name)?;
    let name = named(&request.collection_name)?;
    let mut state = milvus.state();
    let collection = state.get_mut("GetPersistentSegmentInfo", &name)?;
    let collection_id = collection.id;
    let partitions: Vec<(String, i64)> = numbers(collection).map(|(name, number)| (name.to_owned(), number)).collect();
    let mut infos = Vec::new();
    for (partition, number) in partitions {
        let pending = collection.poll_pending(std::slice::from_ref(&partition));
        let stored = collection.partition(&partition).map_or(0, |partition| partition.rows.flushed_until(u64::MAX));
        let served = served_segment(number);
        for (segment_id, rows) in [(served, stored.saturating_sub(pending)), (served + 1, pending)] {
            infos.push(pb::PersistentSegmentInfo {
                segment_id,
                collection_id,
                partition_id: number,
                num_rows: i64::try_from(rows).unwrap(),
                state: SegmentState::Flushed.into(),
                level: SegmentLevel::L1.into(),
                ..Default::default()
            });
        }
    }
    Ok(pb::GetPersistentSegmentInfoResponse { infos, ..Default::default() })
}

pub(super) fn served_segments(
    call: &Call<'_>,
    request: pb::GetQuerySegmentInfoRequest,
) -> Answer<pb::GetQuerySegmentInfoResponse> {
    let milvus = call.database(&request.db_name)?;
    let state = milvus.state();
    let collection = state.get("GetQuerySegmentInfo", &named(&request.collection_name)?)?;
    let infos = numbers(collection).map(|(_, number)| pb::QuerySegmentInfo {
        segment_id: served_segment(number),
        collection_id: collection.id,
        partition_id: number,
        ..Default::default()
    });
    Ok(pb::GetQuerySegmentInfoResponse { infos: infos.collect(), ..Default::default() })
}

pub(super) fn timestamp(call: &Call<'_>, _: pb::AllocTimestampRequest) -> Answer<pb::AllocTimestampResponse> {
    let milvus = call.database("")?;
    let timestamp = milvus.state().now();
    Ok(pb::AllocTimestampResponse { timestamp, ..Default::default() })
}
