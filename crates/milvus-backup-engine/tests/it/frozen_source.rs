//! A source as segment files are: exact, without loading, and with units that have no order and cannot be divided.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    CollectionName, ContentKey, Error, ReadPoint, Result, RowOrder, RowSource, ScanOptions, ScanPosition, ScanSession,
    ScanTarget, ScanUnit, SourceRequirements, UnitEstimate, UnitId, UnitSpan,
};
use milvus_backup_testkit::fakes::InMemoryMilvus;

/// The rows of a Milvus in memory, whether or not they are loaded.
#[derive(Debug)]
pub(crate) struct FrozenSource {
    pub(crate) milvus: InMemoryMilvus,
    /// Whether the files are those of another server.
    pub(crate) foreign: bool,
    /// Whether the files change whenever they are listed.
    pub(crate) unsettled: bool,
    /// How many units are readable; the next one never ends.
    pub(crate) readable: usize,
    pub(crate) opened: AtomicUsize,
}

impl FrozenSource {
    pub(crate) fn of(milvus: &InMemoryMilvus) -> Self {
        let (foreign, unsettled) = (false, false);
        Self { milvus: milvus.clone(), foreign, unsettled, readable: usize::MAX, opened: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl RowSource for FrozenSource {
    fn requirements(&self) -> SourceRequirements {
        SourceRequirements { loaded: false, flushed: false }
    }

    async fn require_readable(&self, _: &CollectionName, _: &CollectionSchema, _: &[String]) -> Result<()> {
        let [field, value, limit] = ["milvus_storage", "memory", "another"].map(str::to_owned);
        if self.foreign { Err(Error::InvalidParameter { field, value, limit }) } else { Ok(()) }
    }

    async fn open(
        &self,
        collection: &CollectionName,
        _: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        assert_eq!(options.read_point, None, "segments of an earlier moment");
        if self.unsettled {
            return Err(Error::SegmentsUnsettled { collection: collection.to_string(), reasons: Vec::new() });
        }
        let (milvus, collection) = (self.milvus.clone(), collection.clone());
        let read_point = 1000 + self.opened.fetch_add(1, Ordering::Relaxed) as u64;
        Ok(Arc::new(FrozenSession { milvus, collection, read_point, readable: self.readable }))
    }
}

#[derive(Debug)]
struct FrozenSession {
    milvus: InMemoryMilvus,
    collection: CollectionName,
    read_point: u64,
    readable: usize,
}

impl FrozenSession {
    /// The rows from the last key to the first.
    fn rows(&self, partition: &str) -> RecordBatch {
        let rows = self.milvus.rows(&self.collection, Some(partition)).unwrap();
        let turned: ArrayRef = Arc::new((0..rows.num_rows() as u64).rev().collect::<UInt64Array>());
        arrow_select::take::take_record_batch(&rows, &turned).unwrap()
    }
}

#[async_trait]
impl ScanSession for FrozenSession {
    fn read_point(&self) -> ReadPoint {
        ReadPoint::Snapshot(self.read_point)
    }

    async fn count_rows(&self, partition: &str) -> Result<u64> {
        Ok(self.rows(partition).num_rows() as u64)
    }

    /// Two units for each partition, of which the first has a third of the rows.
    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        let unit = |target: &ScanTarget, number: u64| ScanUnit {
            id: UnitId(number),
            partition: target.partition.clone(),
            span: UnitSpan::Segment(number.cast_signed()),
            order: RowOrder::Unordered,
            estimate: Some(UnitEstimate { rows: target.rows / 2, bytes: None }),
            parts: 1,
            content: Some(ContentKey(format!("key {number}"))),
        };
        let numbered = targets.iter().zip((0..).step_by(2));
        Ok(numbered.flat_map(|(target, number)| [unit(target, number), unit(target, number + 1)]).collect())
    }

    fn read(&self, unit: &ScanUnit, from: &ScanPosition, _: usize) -> BoxStream<'static, Result<RecordBatch>> {
        if unit.id.0 >= self.readable as u64 {
            return futures::stream::pending().boxed();
        }
        let rows = self.rows(&unit.partition);
        let (third, all) = (rows.num_rows() / 3, rows.num_rows());
        let unit_rows = if unit.id.0.is_multiple_of(2) { rows.slice(0, third) } else { rows.slice(third, all - third) };
        let read = if let ScanPosition::AfterRows(read) = from { usize::try_from(*read).unwrap() } else { 0 };
        let rest = unit_rows.slice(read, unit_rows.num_rows() - read);
        let pages: Vec<_> =
            (0..rest.num_rows()).step_by(7).map(|at| rest.slice(at, 7.min(rest.num_rows() - at))).collect();
        futures::stream::iter(pages.into_iter().map(Ok)).boxed()
    }
}
