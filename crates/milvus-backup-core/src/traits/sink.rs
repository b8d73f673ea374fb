//! A sink for rows.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use crate::error::Result;
use crate::names::CollectionName;
use crate::schema::CollectionSchema;

/// A sink that rows are written to.
///
/// # Errors
/// Every method fails with the errors of the server, see [`crate::Catalog`]. The methods list only their specific
/// errors.
#[async_trait]
pub trait RowSink: Send + Sync + Debug {
    /// Inserts a batch into a partition, or into the collection if rows are distributed by a partition key. The batch
    /// is split into as many calls as the message limit of the server requires. Returns the number of accepted rows.
    ///
    /// Safe to call concurrently. Not cancel-safe: an insert that is in flight may take effect.
    ///
    /// # Errors
    /// [`crate::Error::Encoding`] for columns that are not in the schema.
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64>;

    /// Makes the server read a Parquet file (bulk import), and returns once its rows are in the collection. `file` is
    /// its path as seen by the server. Returns the number of rows.
    ///
    /// Not cancel-safe: an import that was requested continues. Importing a file twice inserts its rows twice.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server without bulk import. [`crate::Error::Refused`] with the server's
    /// reason, such as a file that it cannot read.
    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64>;

    /// Makes all rows inserted so far durable, and returns once they are.
    async fn flush(&self, collection: &CollectionName) -> Result<()>;

    /// Returns the number of rows in the segments of a partition, or of the collection, according to the statistics of
    /// the server. Deleted rows count, rows not yet flushed do not. Does not need a loaded collection.
    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64>;
}
