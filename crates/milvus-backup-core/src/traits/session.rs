//! A scan of one collection at one read point.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;

use super::keys::KeyCensus;
use super::read_point::ReadPoint;
use super::unit::{ScanPosition, ScanTarget, ScanUnit};
use crate::error::{Error, Result};

/// A scan of one collection at one read point: it plans the units to read, and reads them.
///
/// Partitions are identified by the names in [`crate::CollectionDescription::partitions`]. A name that represents all
/// rows, because a partition key distributes them, refers to the complete collection.
///
/// # Errors
/// Every method that reads from the source fails with the errors of that source, which for a server are those of
/// [`crate::Catalog`].
#[async_trait]
pub trait ScanSession: Send + Sync + Debug {
    /// Returns the point in time at which rows are read.
    fn read_point(&self) -> ReadPoint;

    /// Counts the rows of a partition that are visible now, including all that were written before the read point.
    async fn count_rows(&self, partition: &str) -> Result<u64>;

    /// Returns the number of rows of these partitions in stored segments that are missing from the server's list of
    /// loaded ones. A server may report a partition as loaded, or an import as complete, seconds before queries find
    /// its rows. 0 proves that queries find all flushed rows; a higher number proves nothing. `None` if the server does
    /// not report it.
    async fn pending_rows(&self, _partitions: &[String]) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Reads all keys of a partition, and counts the rows of each, to explain why the server counts more rows than it
    /// returns. Takes as long as reading the keys without their rows.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if keys cannot be counted.
    async fn census(&self, _partition: &str) -> Result<KeyCensus> {
        Err(Error::Unsupported { what: "counting rows by key".to_owned() })
    }

    /// Returns the units that contain all rows of these partitions, in the preferred order of reading.
    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>>;

    /// Returns the rows of a unit that come after `from`, in batches of about `batch_bytes` bytes of column values.
    ///
    /// Transient errors are retried internally, from the last row that was read. The stream ends after its first error.
    fn read(&self, unit: &ScanUnit, from: &ScanPosition, batch_bytes: usize)
    -> BoxStream<'static, Result<RecordBatch>>;

    /// Divides a unit that was read up to `read` for a second worker: returns the rows that stay, and the rows that the
    /// second worker can take over. `None` if the unit cannot be divided, or the remainder is too small.
    ///
    /// The first part keeps the id of the unit and everything that was read, so that its reader only has to stop
    /// earlier.
    fn split(&self, _unit: &ScanUnit, _read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        None
    }

    /// Releases the resources that the session holds on the server. Nothing can be read after it.
    async fn close(&self) -> Result<()> {
        Ok(())
    }
}
