//! The stored segments, and the segments that serve queries.

use std::collections::BTreeSet;

use milvus::proto::common::{SegmentLevel, SegmentState};
use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::CallResult;

impl MilvusConnection {
    /// Returns the number of rows of these partitions, or of all if none is named, in flushed segments that no query
    /// node serves.
    ///
    /// 0 proves that queries find everything that is flushed. A higher number proves nothing: for some seconds after a
    /// flush, a node serves the rows from the growing segment, which is not in the list.
    pub(crate) async fn pending(&self, collection: &CollectionName, partitions: &[String]) -> Result<Option<u64>> {
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        let request = pb::GetPersistentSegmentInfoRequest {
            db_name: db_name.clone(),
            collection_name: collection_name.clone(),
            ..Default::default()
        };
        let stored = call!(self, "GetPersistentSegmentInfo", get_persistent_segment_info, request);
        let Some(stored) = reported(stored)? else { return Ok(None) };
        let request = pb::GetQuerySegmentInfoRequest {
            db_name: db_name.clone(),
            collection_name: collection_name.clone(),
            ..Default::default()
        };
        let served = call!(self, "GetQuerySegmentInfo", get_query_segment_info, request);
        let Some(served) = reported(served)? else { return Ok(None) };
        let wanted = if partitions.is_empty() { None } else { Some(self.partition_ids(collection, partitions).await?) };
        let served: BTreeSet<i64> = served.infos.iter().map(|segment| segment.segment_id).collect();
        let pending = stored.infos.iter().filter(|segment| {
            segment.state == SegmentState::Flushed as i32
                // A segment that holds only deletes has no rows to serve.
                && segment.level != SegmentLevel::L0 as i32
                && !served.contains(&segment.segment_id)
                && wanted.as_ref().is_none_or(|wanted| wanted.contains(&segment.partition_id))
        });
        Ok(Some(pending.map(|segment| u64::try_from(segment.num_rows).unwrap_or(0)).sum()))
    }

    async fn partition_ids(&self, collection: &CollectionName, partitions: &[String]) -> Result<BTreeSet<i64>> {
        let stored = self.stored_partitions(collection).await?.into_iter();
        Ok(stored.filter(|stored| partitions.contains(&stored.name)).map(|stored| stored.id).collect())
    }
}

/// Returns `None` if the server does not support the call, or does not permit it to this user.
fn reported<A>(answer: CallResult<A>) -> Result<Option<A>> {
    match answer {
        Err(failure) if failure.is_not_offered() || (failure.is_of_the_request() && !failure.retryable()) => Ok(None),
        answer => Ok(Some(answer?)),
    }
}
