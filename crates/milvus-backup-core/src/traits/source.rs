//! A source of rows.
//!
//! It speaks of batches, partitions and read points and not of any transport, so that a reader of segment files can
//! stand where a client of the query API stands.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;

use super::keys::{KeyCensus, KeyRange};
use crate::error::Result;
use crate::model::Consistency;
use crate::names::CollectionName;
use crate::schema::CollectionSchema;

/// The moment at which rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPoint {
    /// Hybrid timestamp of the server: physical milliseconds, shifted left by 18 bits, and a counter. `None`
    /// where the server gives none.
    pub timestamp: Option<u64>,
    /// Whether every page is read at exactly this moment, or at this moment or later.
    pub consistency: Consistency,
}

/// Rows to read.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// The collection.
    pub collection: CollectionName,
    /// Its definition; columns come in the order of [`crate::schema::arrow_schema`].
    pub schema: CollectionSchema,
    /// The partition, or `None` for the whole collection.
    pub partition: Option<String>,
    /// Only rows whose primary keys are in this range.
    pub range: KeyRange,
    /// When.
    pub read_point: ReadPoint,
    /// Size of one batch to aim for, in bytes of column values.
    pub batch_bytes: usize,
}

/// A source of rows.
#[async_trait]
pub trait RowSource: Send + Sync + Debug {
    /// Fixes the moment at which the rows of `collection` are read.
    async fn read_point(&self, collection: &CollectionName) -> Result<ReadPoint>;

    /// Rows visible now in a partition, or in the whole collection, with all that were written before the read point.
    /// Needs a loaded collection.
    async fn count_rows(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<u64>;

    /// Makes certain, before anything is loaded, that these partitions can be read at all.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] with the reason, such as a primary key whose name the server's expressions reserve. A source
    /// without such reasons has nothing to do.
    async fn require_readable(
        &self,
        _collection: &CollectionName,
        _schema: &CollectionSchema,
        _partitions: &[String],
    ) -> Result<()> {
        Ok(())
    }

    /// Rows of these partitions, or of all where none is named, in stored segments that are not in the server's list of
    /// loaded ones. A server may report a partition as loaded, or an import as complete, seconds before queries find its
    /// rows. 0 proves that they find all that is flushed; more proves nothing. `None` where the server does not report it.
    async fn pending_rows(&self, _collection: &CollectionName, _partitions: &[String]) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Reads all keys of a partition, or of the collection, and counts the rows of each: why the server counts other rows
    /// than it returns. Takes as long as reading the keys without their rows.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] where keys cannot be counted.
    async fn census(
        &self,
        _collection: &CollectionName,
        _schema: &CollectionSchema,
        _partition: Option<&str>,
        _read_point: ReadPoint,
    ) -> Result<KeyCensus> {
        Err(crate::Error::Unsupported { what: "counting rows by key".to_owned() })
    }

    /// Keys that split the `rows` rows of a partition, or of the whole collection, into about `parts` parts of about the
    /// same size, for [`KeyRange::between`]. Fewer or none where that cannot be told cheaply; in ascending order, each
    /// once.
    async fn split_keys(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<Vec<String>>;

    /// The rows in batches, in ascending order of primary key, each key once.
    ///
    /// Transient errors are retried inside, from the last key that was read. The stream ends after its first error.
    fn scan(&self, request: ScanRequest) -> BoxStream<'static, Result<RecordBatch>>;
}
