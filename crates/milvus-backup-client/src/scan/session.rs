//! [`QuerySession`]: a scan of one collection by queries, and the task that prefetches pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::future::try_join_all;
use futures::stream::BoxStream;
use milvus_backup_core::schema::{CollectionSchema, PrimaryKey};
use milvus_backup_core::{
    CollectionName, Error, KeyCensus, KeyRange, ReadPoint, Result, RowOrder, ScanPosition, ScanSession, ScanTarget,
    ScanUnit, UnitEstimate, UnitId, UnitSpan,
};

use super::census::Census;
use super::pager::{PageScan, Pager};
use super::split;
use crate::connection::MilvusConnection;

/// A scan of one collection by queries. It holds no resources on the server.
#[derive(Debug)]
pub(super) struct QuerySession {
    connection: MilvusConnection,
    collection: CollectionName,
    schema: Arc<CollectionSchema>,
    read_point: ReadPoint,
    /// For each planned partition: the keys at which it can be divided, in ascending order.
    split_keys: Mutex<BTreeMap<String, Vec<PrimaryKey>>>,
}

impl QuerySession {
    pub(super) fn new(
        connection: MilvusConnection,
        collection: CollectionName,
        schema: CollectionSchema,
        read_point: ReadPoint,
    ) -> Self {
        Self { connection, collection, schema: Arc::new(schema), read_point, split_keys: Mutex::default() }
    }

    /// Returns the partition to name in calls. Those among which a partition key distributes rows cannot be named.
    fn addressed<'a>(&self, partition: &'a str) -> Option<&'a str> {
        (!self.schema.has_partition_key()).then_some(partition)
    }

    fn split_keys(&self) -> MutexGuard<'_, BTreeMap<String, Vec<PrimaryKey>>> {
        self.split_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn find_split_keys(&self, target: &ScanTarget) -> Result<Vec<PrimaryKey>> {
        if target.parts < 2 {
            return Ok(Vec::new());
        }
        let partition = self.addressed(&target.partition);
        let key = self.schema.primary_key()?;
        split::split_keys(&self.connection, &self.collection, key, partition, target.rows, target.parts).await
    }
}

#[async_trait]
impl ScanSession for QuerySession {
    fn read_point(&self) -> ReadPoint {
        self.read_point
    }

    async fn count_rows(&self, partition: &str) -> Result<u64> {
        let partition = self.addressed(partition);
        self.connection.count(&self.collection, &self.schema, partition, self.read_point).await
    }

    async fn pending_rows(&self, partitions: &[String]) -> Result<Option<u64>> {
        let named = if self.schema.has_partition_key() { &[] } else { partitions };
        self.connection.pending(&self.collection, named).await
    }

    async fn census(&self, partition: &str) -> Result<KeyCensus> {
        let (key, partition) = (self.schema.primary_key()?, self.addressed(partition));
        Census::new(&self.connection, &self.collection, key, partition, self.read_point).take().await
    }

    /// Returns one unit per partition, which is divided when a worker for the other half is available.
    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        let keys = try_join_all(targets.iter().map(|target| self.find_split_keys(target))).await?;
        let mut units = Vec::with_capacity(targets.len());
        for ((target, keys), number) in targets.iter().zip(keys).zip(0..) {
            units.push(ScanUnit {
                id: UnitId(number),
                partition: target.partition.clone(),
                span: UnitSpan::Keys(KeyRange::default()),
                order: RowOrder::PrimaryKey,
                estimate: Some(UnitEstimate { rows: target.rows, bytes: None }),
                parts: keys.len() + 1,
                content: None,
            });
            self.split_keys().insert(target.partition.clone(), keys);
        }
        Ok(units)
    }

    fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let Some(keys) = unit.keys() else {
            let error = Error::Unsupported { what: "reading a segment by queries".to_owned() };
            return futures::stream::iter([Err(error)]).boxed();
        };
        let scan = PageScan {
            collection: self.collection.clone(),
            schema: Arc::clone(&self.schema),
            partition: self.addressed(&unit.partition).map(str::to_owned),
            range: KeyRange { after: from.last_key(unit).cloned(), up_to: keys.up_to.clone() },
            read_point: self.read_point,
            batch_bytes,
        };
        read_ahead(Pager::new(self.connection.clone(), scan))
    }

    fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        unit.split_at(read, self.split_keys().get(&unit.partition)?)
    }
}

/// Returns the pages, one of which is in flight while the previous one is processed.
fn read_ahead(pager: Result<Pager>) -> BoxStream<'static, Result<RecordBatch>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    // A separate task, which ends after the stream is dropped, because its channel is then closed.
    tokio::spawn(async move {
        let mut pager = match pager {
            Ok(pager) => pager,
            Err(error) => {
                let _ = sender.send(Err(error)).await;
                return;
            }
        };
        // A page is requested only when there is room for it.
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
    futures::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|item| (item, receiver)) })
        .boxed()
}
