//! The visible rows of frozen segments, counted and read.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::stream::{self, BoxStream, StreamExt};
use milvus_backup_core::schema::{CollectionSchema, DataType, arrow_schema};
use milvus_backup_core::{Error, Result, ScanPosition, ScanUnit};

use super::field_ids::{RowColumn, row_columns};
use super::read::{Shape, UnitReader};
use super::units::{Unit, plan};
use super::visible::{KeysPass, Moment};
use crate::frozen::{FrozenPartition, FrozenSegments, LogStore};

/// The options with which [`SegmentRows`] determines the visible rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRowsOptions {
    /// Bytes for keys and deletes, beside one bit for each row. If they need more, the keys are read several times.
    pub memory_limit_bytes: u64,
    /// An unpredictable random number, by which keys that are texts are matched.
    pub seed: u64,
}

/// The visible rows of frozen segments. Clones share everything.
///
/// A row is visible if its timestamp is not after the read point, it has not expired, and no delete of its key in its
/// partition has a greater timestamp that is not after the read point. Of several such rows with one key, only the one
/// with the greatest timestamp is visible, and among equal ones that with the greatest row id.
#[derive(Debug, Clone)]
pub struct SegmentRows {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shape: Arc<Shape>,
    /// The units of all partitions. The id of each is its number.
    units: Vec<Unit>,
    /// Number of rows in the logs of each segment.
    inserted: BTreeMap<i64, u64>,
}

impl SegmentRows {
    /// Reads timestamps, keys and deletes of all logs, and determines the rows that are visible at the read point.
    /// Columns of values are not read. Dropping the future stops it; decoding that runs is completed.
    ///
    /// # Errors
    /// [`Error::LogDamaged`] with the name of a file whose bytes are not as they must be, and [`Error::Storage`] for one
    /// that cannot be read. [`Error::Unsupported`] for types and forms of files that are recognised and not read.
    pub async fn prepare(
        schema: Arc<CollectionSchema>,
        frozen: Arc<FrozenSegments>,
        logs: Arc<dyn LogStore>,
        options: SegmentRowsOptions,
    ) -> Result<Self> {
        arrow_schema(&schema)?;
        let columns = row_columns(&schema, &frozen.field_ids)?;
        let key = &schema.primary_key()?.name;
        let key = columns.iter().find(|column| column.field.name == *key);
        let key = key.ok_or_else(|| Error::Protocol { message: "the primary key is computed".to_owned() })?.clone();
        let shape = Arc::new(Shape { schema, columns, store: logs });
        let mut inner = Inner { shape, units: Vec::new(), inserted: BTreeMap::new() };
        for partition in &frozen.partitions {
            inner.add(&frozen, partition, &key, options).await?;
        }
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns the number of visible rows of a partition; 0 if it is not among the frozen ones.
    pub fn visible_rows(&self, partition: &str) -> u64 {
        self.inner.units_of(partition).map(|unit| unit.unit.estimated_rows()).sum()
    }

    /// Returns the number of rows in the logs of a segment, whether they are visible or not; 0 for an unknown segment.
    pub fn inserted_rows(&self, segment: i64) -> u64 {
        self.inner.inserted.get(&segment).copied().unwrap_or(0)
    }

    /// Returns the units of the visible rows of a partition, none of which is empty. Each is a part of one segment with
    /// about 256 MiB of values. The ids are unique over all partitions, and the number of rows is exact.
    pub fn units(&self, partition: &str) -> Vec<ScanUnit> {
        self.inner.units_of(partition).map(|unit| unit.unit.clone()).collect()
    }

    /// Returns the visible rows of a unit after `from`, in batches of about `batch_bytes` bytes of values, and in the
    /// same order each time. [`ScanPosition::AfterRows`] counts visible rows. The stream ends after its first error, and
    /// can be dropped at any time; decoding that runs is completed.
    ///
    /// The columns are those of [`arrow_schema()`]. The stream fails with the errors of [`Self::prepare`], and with
    /// [`Error::InvalidParameter`] for a unit of other segments, and for the position of a unit in the order of keys.
    pub fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let reader = self.inner.reader(unit, from, batch_bytes);
        stream::once(std::future::ready(reader))
            .flat_map(|reader| match reader {
                Ok(reader) => batches(reader),
                Err(error) => stream::once(std::future::ready(Err(error))).boxed(),
            })
            .boxed()
    }
}

fn batches(reader: UnitReader) -> BoxStream<'static, Result<RecordBatch>> {
    let next = |mut reader: UnitReader| async move { Ok(reader.next().await?.map(|batch| (batch, reader))) };
    stream::try_unfold(reader, next).boxed()
}

impl Inner {
    /// Determines the visible rows of a partition.
    async fn add(
        &mut self,
        frozen: &FrozenSegments,
        partition: &FrozenPartition,
        key: &RowColumn,
        options: SegmentRowsOptions,
    ) -> Result<()> {
        let pass = KeysPass {
            store: &self.shape.store,
            partition,
            key: &key.field,
            key_id: key.id,
            moment: Moment { read_point: frozen.read_point, expired_before: frozen.expired_before },
            seed: options.seed,
            memory_bytes: options.memory_limit_bytes,
        };
        let visible = match key.field.data_type {
            DataType::Int64 => pass.visible::<u64>().await?,
            _ => pass.visible::<u128>().await?,
        };
        let mut rows = visible.iter().map(|visible| visible.len() as u64);
        for segment in &partition.segments {
            let inserted = rows.by_ref().take(segment.groups.len()).sum::<u64>();
            *self.inserted.entry(segment.id).or_default() += inserted;
        }
        let first_id = self.units.len() as u64;
        self.units.extend(plan(&self.shape.schema, partition, visible, first_id)?);
        Ok(())
    }

    fn units_of(&self, partition: &str) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| unit.unit.partition == partition)
    }

    fn reader(&self, unit: &ScanUnit, from: &ScanPosition, batch_bytes: usize) -> Result<UnitReader> {
        let invalid = |what: &str| Error::InvalidParameter {
            field: what.to_owned(),
            value: format!("{:?}, {from:?}", unit.id),
            limit: "a unit of these segments, and a number of its rows".to_owned(),
        };
        let number = usize::try_from(unit.id.0).ok();
        let known = number
            .and_then(|number| self.units.get(number))
            .filter(|known| (&known.unit.id, &known.unit.content) == (&unit.id, &unit.content));
        let known = known.ok_or_else(|| invalid("unit"))?;
        let skip = match from {
            ScanPosition::Start => 0,
            ScanPosition::AfterRows(rows) => *rows,
            ScanPosition::AfterKey(_) => return Err(invalid("position")),
        };
        Ok(UnitReader::new(Arc::clone(&self.shape), known.groups.clone(), skip, batch_bytes))
    }
}
