//! [`RowSource`]: reading rows by queries.

use std::sync::Arc;

use async_trait::async_trait;
use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus::proto::milvus as pb;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, ReadPoint, Result, RowSource, ScanOptions, ScanSession, SourceRequirements};

use super::page_params::iterator_params;
use super::session::QuerySession;
use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;
use crate::transport::MAX_MESSAGE_BYTES;

#[async_trait]
impl RowSource for MilvusConnection {
    /// Queries see rows that are not flushed, but only those in memory.
    fn requirements(&self) -> SourceRequirements {
        SourceRequirements { loaded: true, flushed: false }
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.require_nameable_key(collection, schema, partitions).await
    }

    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        let read_point = match options.read_point {
            Some(read_point) => read_point,
            None => self.present(collection).await?,
        };
        Ok(Arc::new(QuerySession::new(self.clone(), collection.clone(), schema.clone(), read_point)))
    }
}

impl MilvusConnection {
    /// Returns the read point of a scan that starts now.
    async fn present(&self, collection: &CollectionName) -> Result<ReadPoint> {
        if self.server().await?.has_snapshots() {
            let request = pb::QueryRequest {
                db_name: self.request_database(),
                collection_name: collection.to_string(),
                consistency_level: WireConsistency::Strong as i32,
                query_params: iterator_params(1, 0),
                ..Default::default()
            };
            let session = self.query(collection, request, MAX_MESSAGE_BYTES).await?.session_ts;
            if session != 0 {
                return Ok(ReadPoint::Snapshot(session));
            }
        }
        match call!(self, "AllocTimestamp", alloc_timestamp, pb::AllocTimestampRequest { base: None }) {
            Ok(answer) if answer.timestamp != 0 => Ok(ReadPoint::AtLeast(answer.timestamp)),
            Ok(_) => Ok(ReadPoint::Unknown),
            Err(failure) if failure.is_of_the_request() || failure.is(RefusalKind::Unsupported) => {
                Ok(ReadPoint::Unknown)
            }
            Err(failure) => Err(failure.into()),
        }
    }
}
