//! A source of rows.
//!
//! It speaks of batches, partitions and read points and not of any transport, so that a reader of segment files can
//! stand where a client of the query API stands.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::read_point::ReadPoint;
use super::session::ScanSession;
use crate::error::Result;
use crate::names::CollectionName;
use crate::schema::CollectionSchema;

/// What must be so before a collection can be read from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceRequirements {
    /// The collection is in memory.
    pub loaded: bool,
    /// All rows are flushed to storage.
    pub flushed: bool,
}

/// How a collection is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// The moment at which rows are read, as an earlier session had it; `None` for the present.
    pub read_point: Option<ReadPoint>,
}

/// A source of rows.
#[async_trait]
pub trait RowSource: Send + Sync + Debug {
    /// Returns what must be so before a session reads rows.
    fn requirements(&self) -> SourceRequirements;

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

    /// Starts a scan of a collection, whose columns come in the order of [`crate::schema::arrow_schema`]. Its read point
    /// is fixed by this call.
    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>>;
}
