//! The stored segments of a collection, as the server that owns them reports them.
//!
//! A reader of segment files needs these calls in addition to the files: the files alone do not tell which of them are
//! alive, nor which rows are still only in memory.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::names::CollectionName;

/// The identifiers under which the files of a collection are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCollection {
    /// The identifier of the collection.
    pub id: i64,
    /// Its partitions, including those among which a partition key distributes rows.
    pub partitions: Vec<StoredPartition>,
    /// The identifiers of its fields, by name.
    pub fields: BTreeMap<String, i64>,
}

/// The identifier under which the files of a partition are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPartition {
    /// The identifier of the partition.
    pub id: i64,
    /// The name of the partition.
    pub name: String,
}

/// A segment that is not growing: its rows are in storage, or being written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredSegment {
    /// The identifier of the segment.
    pub id: i64,
    /// The identifier of its partition.
    pub partition: i64,
    /// Number of rows that were inserted into it; deletes are not subtracted.
    pub rows: u64,
    /// Whether all its rows are in storage.
    pub flushed: bool,
    /// Whether it has no rows, but deletes of rows of other segments.
    pub deletes_only: bool,
}

/// A flush that the server has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedFlush {
    /// The segments that were growing until then.
    pub sealed: Vec<i64>,
    /// The timestamp up to which rows and deletes are written to storage; 0 if the server does not report it.
    pub timestamp: u64,
}

/// The calls with which a reader of segment files determines the files of a point-in-time snapshot.
///
/// # Errors
/// Every method fails with the errors of [`crate::Catalog`].
#[async_trait]
pub trait SegmentCatalog: Send + Sync + Debug {
    /// Returns the identifiers of a collection and of its partitions.
    async fn stored_collection(&self, collection: &CollectionName) -> Result<StoredCollection>;

    /// Returns all segments of a collection that are alive and not growing.
    async fn stored_segments(&self, collection: &CollectionName) -> Result<Vec<StoredSegment>>;

    /// Returns a new hybrid timestamp: larger than that of every operation that was answered before.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server without such timestamps.
    async fn allocate_timestamp(&self) -> Result<u64>;

    /// Requests that everything up to now is written to storage, and does not wait for it.
    async fn request_flush(&self, collection: &CollectionName) -> Result<RequestedFlush>;

    /// Returns whether a flush is complete.
    async fn is_flushed(&self, collection: &CollectionName, flush: &RequestedFlush) -> Result<bool>;
}
