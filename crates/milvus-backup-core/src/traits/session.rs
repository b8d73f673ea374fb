//! A scan of one collection at one read point.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;

use super::keys::KeyCensus;
use super::read_point::ReadPoint;
use super::unit::{ScanPosition, ScanTarget, ScanUnit};
use crate::error::{Error, Result};

/// A scan of one collection at one read point: what there is to read, and reading it.
///
/// Partitions go by the names that [`crate::CollectionDescription::partitions`] lists. One that stands for all rows, where
/// a partition key spreads them, is the whole collection.
#[async_trait]
pub trait ScanSession: Send + Sync + Debug {
    /// Returns the moment at which rows are read.
    fn read_point(&self) -> ReadPoint;

    /// Counts the rows of a partition that are visible now, with all that were written before the read point.
    async fn count_rows(&self, partition: &str) -> Result<u64>;

    /// Returns the rows of these partitions in stored segments that are not in the server's list of loaded ones. A server
    /// may report a partition as loaded, or an import as complete, seconds before queries find its rows. 0 proves that
    /// they find all that is flushed; more proves nothing. `None` where the server does not report it.
    async fn pending_rows(&self, _partitions: &[String]) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Reads all keys of a partition, and counts the rows of each: why the server counts other rows than it returns.
    /// Takes as long as reading the keys without their rows.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where keys cannot be counted.
    async fn census(&self, _partition: &str) -> Result<KeyCensus> {
        Err(Error::Unsupported { what: "counting rows by key".to_owned() })
    }

    /// Returns the units that have all rows of these partitions, in the order in which they are best read.
    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>>;

    /// Returns the rows of a unit that come after `from`, in batches of about `batch_bytes` bytes of column values.
    ///
    /// Transient errors are retried inside, from the last row that was read. The stream ends after its first error.
    fn read(&self, unit: &ScanUnit, from: &ScanPosition, batch_bytes: usize)
    -> BoxStream<'static, Result<RecordBatch>>;

    /// Divides a unit of which `read` was read for a second worker: the rows that stay, and the rows that it can take
    /// over. `None` where the unit cannot be divided, or what is left is not worth a second worker.
    ///
    /// The first one keeps the id of the unit and all that was read, so that its reader has only to stop earlier.
    fn split(&self, _unit: &ScanUnit, _read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        None
    }

    /// Releases what the session holds on the server. Nothing is read after it.
    async fn close(&self) -> Result<()> {
        Ok(())
    }
}
