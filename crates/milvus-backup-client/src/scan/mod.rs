//! [`RowSource`]: rows in ascending order of primary key, page by page.
//!
//! Must always hold: only an empty page ends a scan, every page begins after the last key of the one before, and a
//! page out of order is an error. So no row is lost in silence, whatever the server makes of a limit.

mod census;
mod cursor;
mod json_texts;
mod keys;
mod page_size;
mod pager;
mod query;
mod reserved;
mod split;
mod window;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{field_data, scalar_field};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    CollectionName, Consistency, Error, KeyCensus, ReadPoint, Result, RowSink, RowSource, ScanRequest,
};

use crate::catalog::call;
use crate::connection::{MAX_MESSAGE_BYTES, MilvusConnection};
use crate::status::is_unparsable;
use census::Census;
use cursor::every_key;
use pager::{Pager, guarantee, iterator_params};
pub(crate) use window::QueryWindow;

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
            Err(Error::Unsupported { .. } | Error::Milvus { .. }) => None,
            Err(error) => return Err(error),
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
        if partition.is_none() || !self.server().await?.is_lite() {
            return self.count_where(collection, String::new(), partition, read_point).await;
        }
        // Milvus Lite counts the whole collection where there is no expression.
        let all = every_key(schema.primary_key()?);
        match self.count_where(collection, all, partition, read_point).await {
            Err(error) if is_unparsable(&error) => self.stored_rows(collection, partition).await,
            counted => counted,
        }
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

impl MilvusConnection {
    /// Rows for which an expression holds; an empty one holds for all.
    pub(crate) async fn count_where(
        &self,
        collection: &CollectionName,
        expr: String,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<u64> {
        let (consistency_level, guarantee_timestamp) = guarantee(read_point);
        let request = pb::QueryRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            expr,
            output_fields: vec!["count(*)".to_owned()],
            partition_names: partition.map(str::to_owned).into_iter().collect(),
            guarantee_timestamp,
            consistency_level,
            ..Default::default()
        };
        let answer = self.query(collection, request, MAX_MESSAGE_BYTES).await?;
        let count = answer.into_columns()?.into_iter().find_map(|column| match column.field {
            Some(field_data::Field::Scalars(scalars)) => match scalars.data {
                Some(scalar_field::Data::LongData(values)) => values.data.first().copied(),
                _ => None,
            },
            _ => None,
        });
        count
            .and_then(|count| u64::try_from(count).ok())
            .ok_or_else(|| Error::Protocol { message: "count(*) gave no number".to_owned() })
    }
}
