//! Milvus. What fails here has failed for good: the retries of single calls are inside.

use std::{collections::BTreeMap, fmt, sync::Arc};

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;
use milvus_backup_core::{
    Access, Capabilities, Catalog, CollectionDescription, CollectionName, Error, KeyCensus, LoadState, Milvus,
    PinnedCollection, ReadPoint, Result, RowSink, RowSource, ScanOptions, ScanPosition, ScanSession, ScanTarget,
    ScanUnit, SourceRequirements,
    schema::{CollectionSchema, IndexDefinition},
};

use super::{Fate, Faults};

#[derive(Debug)]
pub(super) struct Faulty {
    inner: Arc<dyn Milvus>,
    faults: Arc<Faults>,
}

impl Faulty {
    pub(super) fn new(inner: Arc<dyn Milvus>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    fn gone(&self, call: &str) -> Error {
        let source = format!("fault in {call}").into();
        Error::Unreachable { uri: self.inner.uri().to_owned(), source }
    }

    /// A call that changes nothing.
    async fn read<T>(&self, call: &str, answer: impl Future<Output = Result<T>>) -> Result<T> {
        if self.faults.is_down() { Err(self.gone(call)) } else { answer.await }
    }

    /// A call that changes something.
    async fn change<T>(
        &self,
        call: &str,
        subject: &(dyn fmt::Display + Sync),
        answer: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        match self.faults.effect(call, subject) {
            Fate::NotDone => Err(self.gone(call)),
            Fate::Lost => answer.await.and_then(|_| Err(self.gone(call))),
            Fate::Done => answer.await,
        }
    }
}

#[async_trait]
impl Catalog for Faulty {
    fn uri(&self) -> &str {
        self.inner.uri()
    }

    fn database(&self) -> &str {
        self.inner.database()
    }

    async fn server_version(&self) -> Result<String> {
        self.read("server_version", self.inner.server_version()).await
    }

    async fn database_properties(&self) -> Result<BTreeMap<String, String>> {
        self.read("database_properties", self.inner.database_properties()).await
    }

    async fn create_database(&self, properties: &BTreeMap<String, String>) -> Result<()> {
        self.change("create_database", &self.inner.database(), self.inner.create_database(properties)).await
    }

    async fn capabilities(&self) -> Result<Capabilities> {
        self.read("capabilities", self.inner.capabilities()).await
    }

    async fn require_access(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        self.inner.require_access(collection, needed).await
    }

    async fn list_collections(&self) -> Result<Vec<String>> {
        self.read("list_collections", self.inner.list_collections()).await
    }

    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.read("resolve_collection", self.inner.resolve_collection(name)).await
    }

    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        self.read("pin_collection", self.inner.pin_collection(name, mark)).await
    }

    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>> {
        self.read("locate_collection", self.inner.locate_collection(pin)).await
    }

    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>> {
        self.read("list_marks", self.inner.list_marks(collection)).await
    }

    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()> {
        self.read("unpin_collection", self.inner.unpin_collection(pin)).await
    }

    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        self.read("describe_collection", self.inner.describe_collection(collection)).await
    }

    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        self.change("create_collection", collection, self.inner.create_collection(collection, schema)).await
    }

    async fn drop_collection(&self, collection: &CollectionName) -> Result<()> {
        self.change("drop_collection", collection, self.inner.drop_collection(collection)).await
    }

    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        self.change("rename_collection", from, self.inner.rename_collection(from, to)).await
    }

    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        self.change("create_partition", collection, self.inner.create_partition(collection, partition)).await
    }

    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        let answer = self.inner.alter_properties(collection, properties, removed);
        self.change("alter_properties", collection, answer).await
    }

    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.change("create_alias", collection, self.inner.create_alias(collection, alias)).await
    }

    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.change("alter_alias", collection, self.inner.alter_alias(collection, alias)).await
    }

    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>> {
        self.read("replica_number", self.inner.replica_number(collection)).await
    }

    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.change("create_index", collection, self.inner.create_index(collection, index)).await
    }

    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.change("drop_index", collection, self.inner.drop_index(collection, index)).await
    }

    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        self.read("load_state", self.inner.load_state(collection, partitions)).await
    }

    async fn load_partitions(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        let answer = self.inner.load_partitions(collection, partitions, replicas);
        self.change("load_partitions", collection, answer).await
    }

    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()> {
        self.change("release_partitions", collection, self.inner.release_partitions(collection, partitions)).await
    }

    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()> {
        self.change("load_collection", collection, self.inner.load_collection(collection, replicas)).await
    }

    async fn release_collection(&self, collection: &CollectionName) -> Result<()> {
        self.change("release_collection", collection, self.inner.release_collection(collection)).await
    }
}

#[async_trait]
impl RowSource for Faulty {
    fn requirements(&self) -> SourceRequirements {
        self.inner.requirements()
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.read("require_readable", self.inner.require_readable(collection, schema, partitions)).await
    }

    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        let inner = self.read("open", self.inner.open(collection, schema, options)).await?;
        let milvus = Self::new(Arc::clone(&self.inner), Arc::clone(&self.faults));
        Ok(Arc::new(FaultySession { inner, milvus }))
    }
}

/// A scan of a Milvus that fails.
#[derive(Debug)]
struct FaultySession {
    inner: Arc<dyn ScanSession>,
    milvus: Faulty,
}

#[async_trait]
impl ScanSession for FaultySession {
    fn read_point(&self) -> ReadPoint {
        self.inner.read_point()
    }

    async fn count_rows(&self, partition: &str) -> Result<u64> {
        self.milvus.read("count_rows", self.inner.count_rows(partition)).await
    }

    async fn pending_rows(&self, partitions: &[String]) -> Result<Option<u64>> {
        self.milvus.read("pending_rows", self.inner.pending_rows(partitions)).await
    }

    async fn census(&self, partition: &str) -> Result<KeyCensus> {
        self.milvus.read("census", self.inner.census(partition)).await
    }

    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        self.milvus.read("plan", self.inner.plan(targets)).await
    }

    fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        self.inner.read(unit, from, batch_bytes)
    }

    fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        self.inner.split(unit, read)
    }

    async fn close(&self) -> Result<()> {
        self.milvus.read("close", self.inner.close()).await
    }
}

#[async_trait]
impl RowSink for Faulty {
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64> {
        self.change("insert", collection, self.inner.insert(collection, schema, partition, batch)).await
    }

    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64> {
        self.change("import_file", collection, self.inner.import_file(collection, partition, file)).await
    }

    async fn flush(&self, collection: &CollectionName) -> Result<()> {
        self.change("flush", collection, self.inner.flush(collection)).await
    }

    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64> {
        self.read("stored_rows", self.inner.stored_rows(collection, partition)).await
    }
}
