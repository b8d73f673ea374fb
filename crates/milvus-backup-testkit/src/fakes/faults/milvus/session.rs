//! [`FaultySession`]: a scan with faults around it.

use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{
    CollectionName, KeyCensus, ReadPoint, Result, ScanPosition, ScanSession, ScanTarget, ScanUnit,
};

use super::super::call::CallKind;
use super::wrapper::FaultyMilvus;

/// A scan of a Milvus with faults around it.
#[derive(Debug)]
pub(super) struct FaultySession {
    inner: Arc<dyn ScanSession>,
    milvus: FaultyMilvus,
    collection: CollectionName,
}

impl FaultySession {
    pub(super) fn new(inner: Arc<dyn ScanSession>, milvus: FaultyMilvus, collection: CollectionName) -> Self {
        Self { inner, milvus, collection }
    }
}

#[async_trait]
impl ScanSession for FaultySession {
    fn read_point(&self) -> ReadPoint {
        self.inner.read_point()
    }

    async fn count_rows(&self, partition: &str) -> Result<u64> {
        self.milvus.read("count_rows", &self.collection, self.inner.count_rows(partition)).await
    }

    async fn pending_rows(&self, partitions: &[String]) -> Result<Option<u64>> {
        self.milvus.read("pending_rows", &self.collection, self.inner.pending_rows(partitions)).await
    }

    async fn census(&self, partition: &str) -> Result<KeyCensus> {
        self.milvus.read("census", &self.collection, self.inner.census(partition)).await
    }

    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        self.milvus.read("plan", &self.collection, self.inner.plan(targets)).await
    }

    /// The read of a unit is a call, and so is each of its pages, the one that says that there are no more included.
    fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let (milvus, subject) = (self.milvus.clone(), self.collection.to_string());
        let turn = milvus.faults.enter("read", &subject, CallKind::Read);
        let pages = self.inner.read(unit, from, batch_bytes);
        let started = async move { milvus.run(turn, async { Ok((milvus.clone(), subject, pages)) }).await };
        let read = stream::once(started).map_ok(|(milvus, subject, pages)| {
            stream::try_unfold(pages, move |mut pages| {
                let (milvus, turn) = (milvus.clone(), milvus.faults.enter("page", &subject, CallKind::Read));
                async move {
                    let page = milvus.run(turn, async { pages.next().await.transpose() }).await?;
                    Ok(page.map(|page| (page, pages)))
                }
            })
        });
        read.try_flatten().boxed()
    }

    fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        self.inner.split(unit, read)
    }

    async fn close(&self) -> Result<()> {
        self.milvus.read("close", &self.collection, self.inner.close()).await
    }
}
