//! [`RowSink`].

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Result, RowSink};

use super::wrapper::FaultyMilvus;

#[async_trait]
impl RowSink for FaultyMilvus {
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
        self.read("stored_rows", collection, self.inner.stored_rows(collection, partition)).await
    }
}
