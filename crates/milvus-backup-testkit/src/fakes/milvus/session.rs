//! [`InMemorySession`]: pages are handed out one by one, each read when it is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_core::schema::{CollectionSchema, PrimaryKey};
use milvus_backup_core::{
    CollectionName, KeyCensus, KeyRange, ReadPoint, Result, RowOrder, ScanPosition, ScanSession, ScanTarget, ScanUnit,
    UnitEstimate, UnitId, UnitSpan,
};

use super::scanning::{Scan, ScanSpec};
use super::server::InMemoryMilvus;
use super::state::State;

/// A scan of one collection. It panics when it is used after it was closed.
#[derive(Debug)]
pub(super) struct InMemorySession {
    milvus: InMemoryMilvus,
    id: i64,
    collection: CollectionName,
    schema: Arc<CollectionSchema>,
    read_point: ReadPoint,
    /// Of each partition that was planned: the keys at which it can be divided, ascending.
    split_keys: Mutex<BTreeMap<String, Vec<PrimaryKey>>>,
}

impl InMemorySession {
    pub(super) fn new(
        milvus: InMemoryMilvus,
        id: i64,
        collection: CollectionName,
        schema: CollectionSchema,
        read_point: ReadPoint,
    ) -> Self {
        Self { milvus, id, collection, schema: Arc::new(schema), read_point, split_keys: Mutex::default() }
    }

    /// A partition as calls name it. Those among which a partition key spreads rows cannot be named.
    fn addressed<'a>(&self, partition: &'a str) -> Option<&'a str> {
        (!self.schema.has_partition_key()).then_some(partition)
    }

    fn split_keys(&self) -> MutexGuard<'_, BTreeMap<String, Vec<PrimaryKey>>> {
        self.split_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server, as long as the session is open.
    async fn turn(&self, call: &str) -> Result<MutexGuard<'_, State>> {
        let state = self.milvus.turn(call).await?;
        state.require_open(self.id);
        Ok(state)
    }
}

#[async_trait]
impl ScanSession for InMemorySession {
    fn read_point(&self) -> ReadPoint {
        self.read_point
    }

    async fn count_rows(&self, partition: &str) -> Result<u64> {
        self.turn("count_rows").await?.count_rows(&self.collection, self.addressed(partition))
    }

    async fn pending_rows(&self, partitions: &[String]) -> Result<Option<u64>> {
        let named = if self.schema.has_partition_key() { &[] } else { partitions };
        Ok(self.turn("pending_rows").await?.pending_rows(&self.collection, named))
    }

    async fn census(&self, partition: &str) -> Result<KeyCensus> {
        self.turn("census").await?.census(&self.collection, self.addressed(partition), self.read_point)
    }

    /// One unit for each partition, as the client has it.
    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        let mut units = Vec::with_capacity(targets.len());
        for (target, number) in targets.iter().zip(0..) {
            let mut keys = Vec::new();
            if target.parts > 1 {
                let partition = self.addressed(&target.partition);
                keys = self.turn("plan").await?.split_keys(&self.collection, partition, target.rows, target.parts)?;
            }
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
        let up_to = unit.keys().expect("a unit of another source").up_to.clone();
        let scan = Scan::new(ScanSpec {
            collection: self.collection.clone(),
            schema: CollectionSchema::clone(&self.schema),
            partition: self.addressed(&unit.partition).map(str::to_owned),
            read_point: self.read_point,
            batch_bytes,
            range: KeyRange { after: from.last_key(unit).cloned(), up_to },
        });
        let (milvus, id) = (self.milvus.clone(), self.id);
        let pages = stream::unfold(Some(scan), move |scan| {
            let milvus = milvus.clone();
            async move {
                let mut scan = scan?;
                let page = match milvus.turn("read").await {
                    Ok(mut state) => {
                        state.require_open(id);
                        scan.next_page(&mut state).transpose()?
                    }
                    Err(error) => Err(error),
                };
                // The stream ends after its first error.
                let rest = page.is_ok().then_some(scan);
                Some((page, rest))
            }
        });
        pages.boxed()
    }

    fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        unit.split_at(read, self.split_keys().get(&unit.partition)?)
    }

    async fn close(&self) -> Result<()> {
        self.milvus.turn("close").await?.sessions.remove(&self.id);
        Ok(())
    }
}
