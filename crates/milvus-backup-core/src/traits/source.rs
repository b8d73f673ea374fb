//! A source of rows.
//!
//! It refers to batches, partitions and read points, and not to a transport, so that a reader of segment files can
//! replace a client of the query API.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::read_point::ReadPoint;
use super::session::ScanSession;
use crate::error::Result;
use crate::names::CollectionName;
use crate::schema::CollectionSchema;

/// The conditions under which a collection can be read from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceRequirements {
    /// Whether the collection must be in memory.
    pub loaded: bool,
    /// Whether all rows must be flushed to storage.
    pub flushed: bool,
}

/// The options of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// The read point of an earlier session; `None` for the present.
    pub read_point: Option<ReadPoint>,
}

/// A source that rows are read from.
///
/// # Errors
/// Every method fails with the errors of the source, which for a server are those of [`crate::Catalog`]. The methods
/// list only their specific errors.
#[async_trait]
pub trait RowSource: Send + Sync + Debug {
    /// Returns the conditions under which a session can read rows.
    fn requirements(&self) -> SourceRequirements;

    /// Checks, before anything is loaded, that these partitions can be read at all.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] with the reason, such as a primary key whose name is reserved in the expressions of
    /// the server. A source without such restrictions does nothing.
    async fn require_readable(
        &self,
        _collection: &CollectionName,
        _schema: &CollectionSchema,
        _partitions: &[String],
    ) -> Result<()> {
        Ok(())
    }

    /// Starts a scan of a collection, whose columns are in the order of [`crate::schema::arrow_schema`]. This call
    /// fixes its read point.
    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>>;
}
