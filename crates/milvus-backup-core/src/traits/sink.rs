//! A sink for rows.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use crate::error::Result;
use crate::names::CollectionName;
use crate::schema::CollectionSchema;

/// A sink for rows.
#[async_trait]
pub trait RowSink: Send + Sync + Debug {
    /// Inserts a batch into a partition, or into the collection where rows are spread by a partition key. Split
    /// into as many calls as the message limit of the server needs. Returns the number of rows that were accepted.
    ///
    /// Columns that the schema does not have are an error. Safe to call concurrently. Not cancel-safe: an
    /// insert that was sent may take effect.
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64>;

    /// Lets the server read a Parquet file by itself (bulk import), and returns once its rows are in the collection.
    /// `file` is its path as the server sees it. Returns the number of rows.
    ///
    /// Not cancel-safe: an import that was asked for goes on. A file that is imported twice is there twice.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server without bulk import. [`crate::Error::Refused`] with the server's reason,
    /// such as a file that it cannot read.
    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64>;

    /// Makes all rows inserted so far durable, and returns once they are.
    async fn flush(&self, collection: &CollectionName) -> Result<()>;

    /// Rows in the segments of a partition, or of the collection, as the server's statistics have it. Deleted
    /// rows count, rows not yet flushed do not. Does not need a loaded collection.
    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64>;
}
