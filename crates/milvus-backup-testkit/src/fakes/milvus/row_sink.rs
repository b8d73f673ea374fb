//! [`RowSink`]: each call lets other work run, and is carried out by the state.

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Result, RowSink};

use super::server::InMemoryMilvus;

#[async_trait]
impl RowSink for InMemoryMilvus {
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64> {
        self.turn("insert").await?.insert(collection, schema, partition, &batch)
    }

    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64> {
        self.turn("import_file").await?.import_file(collection, partition, file)
    }

    async fn flush(&self, collection: &CollectionName) -> Result<()> {
        self.turn("flush").await?.flush(collection)
    }

    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64> {
        self.turn("stored_rows").await?.stored_rows(collection, partition)
    }
}
