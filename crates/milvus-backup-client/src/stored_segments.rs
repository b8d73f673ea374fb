//! [`SegmentCatalog`]: the stored segments of a collection, and the calls that fix the moment at which they are read.

use async_trait::async_trait;
use milvus::proto::common::{SegmentLevel, SegmentState};
use milvus::proto::milvus as pb;
use milvus_backup_core::{
    CollectionName, Error, RequestedFlush, Result, SegmentCatalog, StoredCollection, StoredPartition, StoredSegment,
};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::polling::POLL;
use crate::refusal::RefusalKind;

/// The code of a listing that failed because one of its segments was compacted meanwhile.
const SEGMENT_NOT_FOUND: i32 = 600;

/// Number of times that the segments are listed until no compaction interferes.
const LISTINGS: usize = 10;

#[async_trait]
impl SegmentCatalog for MilvusConnection {
    async fn stored_collection(&self, collection: &CollectionName) -> Result<StoredCollection> {
        let described = self.describe(collection).await?.answer;
        let fields = described.schema.into_iter().flat_map(|schema| schema.fields);
        let fields = fields.map(|field| (field.name, field.field_id)).collect();
        let partitions = self.stored_partitions(collection).await?;
        Ok(StoredCollection { id: described.collection_id, partitions, fields })
    }

    async fn stored_segments(&self, collection: &CollectionName) -> Result<Vec<StoredSegment>> {
        for _ in 1..LISTINGS {
            match self.persistent_segments(collection).await {
                Err(Error::Milvus { code: SEGMENT_NOT_FOUND, .. }) => self.environment().sleep(POLL).await,
                listed => return listed,
            }
        }
        self.persistent_segments(collection).await
    }

    async fn allocate_timestamp(&self) -> Result<u64> {
        let request = pb::AllocTimestampRequest { base: None };
        Ok(call!(self, "AllocTimestamp", alloc_timestamp, request)?.timestamp)
    }

    async fn request_flush(&self, collection: &CollectionName) -> Result<RequestedFlush> {
        let request = pb::FlushRequest {
            db_name: self.request_database(),
            collection_names: vec![collection.to_string()],
            ..Default::default()
        };
        let answer = call!(self, "Flush", flush, request)?;
        let name = collection.as_str();
        Ok(RequestedFlush {
            sealed: answer.coll_seg_i_ds.get(name).map(|ids| ids.data.clone()).unwrap_or_default(),
            timestamp: answer.coll_flush_ts.get(name).copied().unwrap_or_default(),
        })
    }

    async fn is_flushed(&self, collection: &CollectionName, flush: &RequestedFlush) -> Result<bool> {
        let request = pb::GetFlushStateRequest {
            segment_i_ds: flush.sealed.clone(),
            flush_ts: flush.timestamp,
            db_name: self.request_database(),
            collection_name: collection.to_string(),
        };
        match call!(self, "GetFlushState", get_flush_state, request) {
            Ok(answer) => Ok(answer.flushed),
            // A server without this call flushes before it responds.
            Err(failure) if failure.is(RefusalKind::Unsupported) => Ok(true),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl MilvusConnection {
    /// Returns all partitions of a collection with their identifiers.
    pub(crate) async fn stored_partitions(&self, collection: &CollectionName) -> Result<Vec<StoredPartition>> {
        let request = pb::ShowPartitionsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let answer = call!(self, "ShowPartitions", show_partitions, request)?;
        let partitions = answer.partition_names.into_iter().zip(answer.partition_i_ds);
        Ok(partitions.map(|(name, id)| StoredPartition { id, name }).collect())
    }

    async fn persistent_segments(&self, collection: &CollectionName) -> Result<Vec<StoredSegment>> {
        let request = pb::GetPersistentSegmentInfoRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let answer = call!(self, "GetPersistentSegmentInfo", get_persistent_segment_info, request)?;
        Ok(answer.infos.iter().filter(|segment| is_alive(segment.state)).map(stored_segment).collect())
    }
}

fn is_alive(state: i32) -> bool {
    ![SegmentState::None, SegmentState::NotExist, SegmentState::Growing, SegmentState::Dropped]
        .into_iter()
        .any(|gone| gone as i32 == state)
}

fn stored_segment(segment: &pb::PersistentSegmentInfo) -> StoredSegment {
    StoredSegment {
        id: segment.segment_id,
        partition: segment.partition_id,
        rows: u64::try_from(segment.num_rows).unwrap_or(0),
        flushed: segment.state == SegmentState::Flushed as i32,
        deletes_only: segment.level == SegmentLevel::L0 as i32,
    }
}
