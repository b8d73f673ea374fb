//! [`RowSource`]: which file answers which of its questions, and the task that reads ahead.

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus::proto::milvus as pb;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Consistency, KeyCensus, ReadPoint, Result, RowSource, ScanRequest};

use super::census::Census;
use super::page_params::iterator_params;
use super::pager::Pager;
use super::split;
use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;
use crate::transport::MAX_MESSAGE_BYTES;

#[async_trait]
impl RowSource for MilvusConnection {
    async fn read_point(&self, collection: &CollectionName) -> Result<ReadPoint> {
        if self.server().await?.has_snapshots() {
            let request = pb::QueryRequest {
                db_name: self.request_database(),
                collection_name: collection.to_string(),
                consistency_level: WireConsistency::Strong as i32,
                query_params: iterator_params(1),
                ..Default::default()
            };
            let session = self.query(collection, request, MAX_MESSAGE_BYTES).await?.session_ts;
            if session != 0 {
                return Ok(ReadPoint { timestamp: Some(session), consistency: Consistency::Snapshot });
            }
        }
        let allocated = call!(self, "AllocTimestamp", alloc_timestamp, pb::AllocTimestampRequest { base: None });
        let timestamp = match allocated {
            Ok(answer) => Some(answer.timestamp).filter(|timestamp| *timestamp != 0),
            Err(failure) if failure.is_of_the_request() || failure.is(RefusalKind::Unsupported) => None,
            Err(failure) => return Err(failure.into()),
        };
        Ok(ReadPoint { timestamp, consistency: Consistency::Fuzzy })
    }

    async fn count_rows(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<u64> {
        self.count(collection, schema, partition, read_point).await
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.require_nameable_key(collection, schema, partitions).await
    }

    async fn pending_rows(&self, collection: &CollectionName, partitions: &[String]) -> Result<Option<u64>> {
        self.pending(collection, partitions).await
    }

    async fn census(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<KeyCensus> {
        Census::new(self, collection, schema.primary_key()?, partition, read_point).take().await
    }

    async fn split_keys(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<Vec<String>> {
        split::split_keys(self, collection, schema.primary_key()?, partition, rows, parts).await
    }

    fn scan(&self, request: ScanRequest) -> BoxStream<'static, Result<RecordBatch>> {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let pager = Pager::new(self.clone(), request);
        // A task of its own, so that the next page is on its way while the last one is encoded. It ends when the
        // stream is dropped, because nobody receives then.
        tokio::spawn(async move {
            let mut pager = match pager {
                Ok(pager) => pager,
                Err(error) => {
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            };
            // A page is asked for when there is room for it: one is on its way while the last one is worked on.
            while let Ok(room) = sender.reserve().await {
                let page = tokio::select! {
                    page = pager.next_page() => page,
                    () = sender.closed() => return,
                };
                let last = !matches!(page, Ok(Some(_)));
                if let Some(item) = page.transpose() {
                    room.send(item);
                }
                if last {
                    return;
                }
            }
        });
        futures::stream::unfold(
            receiver,
            |mut receiver| async move { receiver.recv().await.map(|item| (item, receiver)) },
        )
        .boxed()
    }
}
