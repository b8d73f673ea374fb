//! The visible rows of frozen segments, counted and read.

use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::stream::BoxStream;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{Result, ScanPosition, ScanUnit};

use crate::frozen::{FrozenSegments, LogStore};

/// The options with which [`SegmentRows`] determines the visible rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRowsOptions {
    /// Bytes for keys and deletes, beside one bit for each row. If they need more, the keys are read several times.
    pub memory_limit_bytes: u64,
}

/// The visible rows of frozen segments. Clones share everything.
#[derive(Debug, Clone)]
pub struct SegmentRows {
    inner: Arc<Inner>,
}

impl SegmentRows {
    /// Reads timestamps, keys and deletes of all logs, and determines the rows that are visible at the read point.
    /// Columns of values are not read.
    pub async fn prepare(
        schema: Arc<CollectionSchema>,
        frozen: Arc<FrozenSegments>,
        logs: Arc<dyn LogStore>,
        options: SegmentRowsOptions,
    ) -> Result<Self> {
        todo!()
    }

    /// Returns the number of visible rows of a partition; 0 if it is not among the frozen ones.
    pub fn visible_rows(&self, partition: &str) -> u64 {
        todo!()
    }

    /// Returns the number of rows in the logs of a segment, whether they are visible or not; 0 for an unknown segment.
    pub fn inserted_rows(&self, segment: i64) -> u64 {
        todo!()
    }

    /// Returns the units of the visible rows of a partition. The ids are unique over all partitions.
    pub fn units(&self, partition: &str) -> Vec<ScanUnit> {
        todo!()
    }

    /// Returns the visible rows of a unit after `from`, in batches of about `batch_bytes` bytes of values, and in the
    /// same order each time. [`ScanPosition::AfterRows`] counts visible rows.
    pub fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        todo!()
    }
}
