//! [`RowSource`]: pages are handed out one by one, each read when it is asked for.

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, KeyCensus, ReadPoint, Result, RowSource, ScanRequest};

use super::scanning::{Scan, ScanSpec, span};
use super::server::InMemoryMilvus;

#[async_trait]
impl RowSource for InMemoryMilvus {
    async fn read_point(&self, collection: &CollectionName) -> Result<ReadPoint> {
        self.turn().await.read_point(collection)
    }

    async fn count_rows(
        &self,
        collection: &CollectionName,
        _: &CollectionSchema,
        partition: Option<&str>,
        _: ReadPoint,
    ) -> Result<u64> {
        self.turn().await.count_rows(collection, partition)
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.turn().await.require_readable(collection, schema, partitions)
    }

    async fn pending_rows(&self, collection: &CollectionName, partitions: &[String]) -> Result<Option<u64>> {
        Ok(self.turn().await.pending_rows(collection, partitions))
    }

    async fn census(
        &self,
        collection: &CollectionName,
        _: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<KeyCensus> {
        self.turn().await.census(collection, partition, read_point)
    }

    async fn split_keys(
        &self,
        collection: &CollectionName,
        _: &CollectionSchema,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<Vec<String>> {
        self.turn().await.split_keys(collection, partition, rows, parts)
    }

    fn scan(&self, request: ScanRequest) -> BoxStream<'static, Result<RecordBatch>> {
        let milvus = self.clone();
        let scan = span(&request.schema, &request.range).map(|span| {
            Scan::new(ScanSpec {
                span,
                collection: request.collection,
                schema: request.schema,
                partition: request.partition,
                read_point: request.read_point,
                batch_bytes: request.batch_bytes,
            })
        });
        let pages = stream::unfold(Some(scan), move |scan| {
            let milvus = milvus.clone();
            async move {
                let mut scan = match scan? {
                    Ok(scan) => scan,
                    Err(error) => return Some((Err(error), None)),
                };
                let page = scan.next_page(&mut *milvus.turn().await).transpose()?;
                // The stream ends after its first error.
                let rest = page.is_ok().then_some(Ok(scan));
                Some((page, rest))
            }
        });
        pages.boxed()
    }
}
