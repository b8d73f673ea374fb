//! What is checked, and what is expected of it.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use futures::TryStreamExt;
use milvus_backup_core::schema::{CollectionSchema, PrimaryKey, arrow_schema};
use milvus_backup_core::{
    CollectionMark, CollectionName, KeyCensus, KeyRange, Milvus, PinnedCollection, ReadPoint, Result, ScanOptions,
    ScanPosition, ScanSession, ScanTarget, ScanUnit, UnitSpan,
};

use super::expectations::done;
use super::other_client::OtherClient;
use crate::fakes::{InMemoryMilvus, ServerModel, samples};

/// Bytes of a batch, where a check is not about them.
const BATCH_BYTES: usize = 1 << 20;

/// The partition that is meant where none is named.
const DEFAULT_PARTITION: &str = "_default";

/// A Milvus to check, and what is expected of it.
#[derive(Clone)]
pub struct Subject {
    /// The server under test.
    pub milvus: Arc<dyn Milvus>,
    /// What it is expected to do.
    pub expected: ServerModel,
    /// Another client of it.
    pub other: Arc<dyn OtherClient>,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("milvus", &self.milvus).finish_non_exhaustive()
    }
}

impl Subject {
    /// An in-memory Milvus that is expected to do what it was told to.
    pub fn in_memory(model: ServerModel) -> Self {
        let milvus = InMemoryMilvus::new(model.clone());
        Self { milvus: Arc::new(milvus.clone()), expected: model, other: Arc::new(milvus) }
    }

    /// A name that no other check uses. A collection that an earlier run left under it is dropped.
    pub(super) async fn fresh(&self, name: &str) -> CollectionName {
        let name: CollectionName = format!("conformance_{name}").parse().unwrap();
        self.forget(&name).await;
        name
    }

    /// A collection of [`samples::schema`] without rows, not indexed and not loaded by us.
    pub(super) async fn created(&self, name: &str) -> CollectionName {
        let name = self.fresh(name).await;
        done(self.milvus.create_collection(&name, &samples::schema()).await);
        name
    }

    /// The same, indexed and loaded.
    pub(super) async fn loaded(&self, name: &str) -> CollectionName {
        self.loaded_with(name, &samples::schema()).await
    }

    /// A collection without rows of this schema, which has the vector field of the samples; indexed and loaded.
    pub(super) async fn loaded_with(&self, name: &str, schema: &CollectionSchema) -> CollectionName {
        let name = self.fresh(name).await;
        done(self.milvus.create_collection(&name, schema).await);
        done(self.milvus.create_index(&name, &samples::index()).await);
        done(self.milvus.load_collection(&name, None).await);
        name
    }

    /// Inserts rows of [`samples::schema`].
    pub(super) async fn insert(
        &self,
        collection: &CollectionName,
        partition: Option<&str>,
        keys: impl IntoIterator<Item = i64>,
        tag: &str,
    ) {
        let schema = samples::schema();
        let rows = samples::rows(&schema, keys, tag);
        let sent = rows.num_rows() as u64;
        assert_eq!(done(self.milvus.insert(collection, &schema, partition, rows).await), sent, "rows accepted");
    }

    /// A scan that begins now.
    pub(super) async fn scan(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
    ) -> Result<Arc<dyn ScanSession>> {
        self.milvus.open(collection, schema, ScanOptions::default()).await
    }

    /// A scan of whatever is there when it is read, for which the server is not asked for a moment.
    pub(super) async fn scan_without_moment(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
    ) -> Arc<dyn ScanSession> {
        let options = ScanOptions { read_point: Some(ReadPoint::Unknown) };
        done(self.milvus.open(collection, schema, options).await)
    }

    /// The one unit in which a partition is read that is divisible into about so many parts.
    pub(super) async fn unit(
        &self,
        scan: &dyn ScanSession,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<ScanUnit> {
        let target = ScanTarget { partition: partition.unwrap_or(DEFAULT_PARTITION).to_owned(), rows, parts };
        let units = scan.plan(std::slice::from_ref(&target)).await?;
        let [unit] = <[ScanUnit; 1]>::try_from(units).unwrap();
        assert_eq!(unit.partition, target.partition);
        Ok(unit)
    }

    /// The pages of a scan of [`samples::schema`], with all that was written so far.
    pub(super) async fn pages(
        &self,
        collection: &CollectionName,
        partition: Option<&str>,
        range: KeyRange<PrimaryKey>,
        batch_bytes: usize,
    ) -> Result<Vec<RecordBatch>> {
        self.pages_of(collection, &samples::schema(), partition, range, batch_bytes).await
    }

    pub(super) async fn pages_of(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        range: KeyRange<PrimaryKey>,
        batch_bytes: usize,
    ) -> Result<Vec<RecordBatch>> {
        let scan = self.scan(collection, schema).await?;
        let unit = self.unit(scan.as_ref(), partition, 0, 1).await?;
        let unit = ScanUnit { span: UnitSpan::Keys(range), ..unit };
        let pages = scan.read(&unit, &ScanPosition::Start, batch_bytes).try_collect().await;
        done(scan.close().await);
        pages
    }

    /// All rows of a partition.
    pub(super) async fn rows(&self, collection: &CollectionName, partition: Option<&str>) -> RecordBatch {
        self.rows_of(collection, &samples::schema(), partition).await
    }

    pub(super) async fn rows_of(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
    ) -> RecordBatch {
        let pages = self.pages_of(collection, schema, partition, KeyRange::default(), BATCH_BYTES).await;
        concat_batches(&Arc::new(arrow_schema(schema).unwrap()), &done(pages)).unwrap()
    }

    /// The texts of all rows of a partition, in the order of their keys.
    pub(super) async fn texts(&self, collection: &CollectionName, partition: Option<&str>) -> Vec<String> {
        samples::texts(&self.rows(collection, partition).await)
    }

    /// Rows that are counted.
    pub(super) async fn count(&self, collection: &CollectionName, partition: Option<&str>) -> u64 {
        done(self.try_count(collection, partition).await)
    }

    pub(super) async fn try_count(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64> {
        self.try_count_of(collection, &samples::schema(), partition).await
    }

    pub(super) async fn try_count_of(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
    ) -> Result<u64> {
        let scan = self.scan_without_moment(collection, schema).await;
        let counted = scan.count_rows(partition.unwrap_or(DEFAULT_PARTITION)).await;
        done(scan.close().await);
        counted
    }

    /// The census of the partition `_default`, at the present.
    pub(super) async fn try_census(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<KeyCensus> {
        let scan = self.scan(collection, schema).await?;
        let census = scan.census(DEFAULT_PARTITION).await;
        done(scan.close().await);
        census
    }

    /// Returns the result of [`ScanSession::pending_rows`].
    pub(super) async fn pending(&self, collection: &CollectionName, partitions: &[String]) -> Option<u64> {
        let scan = self.scan_without_moment(collection, &samples::schema()).await;
        let pending = done(scan.pending_rows(partitions).await);
        done(scan.close().await);
        pending
    }

    /// Waits for a server that takes its time.
    pub(super) async fn pause(&self, time: Duration) {
        self.other.pause(time).await;
    }

    /// Drops what a check created, or an earlier run left: the aliases first, without which some servers drop nothing.
    pub(super) async fn forget(&self, name: &CollectionName) {
        if let Ok(description) = self.milvus.describe_collection(name).await {
            for alias in &description.aliases {
                self.drop_alias(alias).await;
            }
        }
        done(self.milvus.drop_collection(name).await);
    }

    /// Drops an alias, as if it were a mark: the traits have no other call for it.
    pub(super) async fn drop_alias(&self, alias: &str) {
        let name: CollectionName = alias.parse().unwrap();
        let pin = PinnedCollection { asked: name.clone(), name: name.clone(), mark: CollectionMark::Alias(name) };
        done(self.milvus.unpin_collection(&pin).await);
    }
}
