//! Writes that the traits have no calls for: another client of the same server makes them.

use std::time::Duration;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::CollectionName;

#[cfg(feature = "double")]
use crate::fakes::Double;
use crate::fakes::{InMemoryMilvus, samples};

/// Another client of the server that is checked.
#[async_trait]
pub trait OtherClient: Send + Sync {
    /// Deletes the rows with these keys; of one partition where one is named.
    async fn delete(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>);

    /// Upserts rows of [`samples::schema`] with these keys and with `tag` before the number in their texts.
    async fn upsert(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>, tag: &str);

    /// Writes a Parquet file with these rows of [`samples::schema`], and returns its path as the server sees it.
    async fn put_file(&self, name: &str, rows: RecordBatch) -> String;

    /// Waits: the suites know no runtime.
    async fn pause(&self, time: Duration);
}

#[async_trait]
impl OtherClient for InMemoryMilvus {
    async fn delete(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>) {
        InMemoryMilvus::delete(self, collection, partition, &samples::keys(keys)).unwrap();
    }

    async fn upsert(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>, tag: &str) {
        let rows = samples::rows(&samples::schema(), keys, tag);
        InMemoryMilvus::upsert(self, collection, partition, &rows).unwrap();
    }

    async fn put_file(&self, name: &str, rows: RecordBatch) -> String {
        let path = format!("/in-memory/{name}.parquet");
        InMemoryMilvus::put_file(self, &path, vec![rows]);
        path
    }

    async fn pause(&self, _: Duration) {}
}

/// Around the protocol, whose calls of that kind backups do not make.
#[cfg(feature = "double")]
#[async_trait]
impl OtherClient for Double {
    async fn delete(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>) {
        OtherClient::delete(&self.milvus(), collection, partition, keys).await;
    }

    async fn upsert(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>, tag: &str) {
        OtherClient::upsert(&self.milvus(), collection, partition, keys, tag).await;
    }

    async fn put_file(&self, name: &str, rows: RecordBatch) -> String {
        OtherClient::put_file(&self.milvus(), name, rows).await
    }

    async fn pause(&self, _: Duration) {}
}
