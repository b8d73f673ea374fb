//! The visible rows of one partition, as one bit for each row of a log group.
//!
//! Keys are read in passes, each of which determines the rows whose keys have a range of hashes. A pass first reads the
//! deletes, then keys and timestamps of all rows, and a second time, with row ids, if a key has several rows.

use std::sync::Arc;

use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use futures::stream::{self, StreamExt, TryStreamExt};
use milvus_backup_core::schema::{DataType, FieldSchema};
use milvus_backup_core::{Error, Result, spawn_compute};

use super::deletes::{DeleteLimits, Deletes};
use super::drive::{Part, drive};
use super::duplicates::Newest;
use super::field_ids::{ROW_ID, TIMESTAMP};
use super::group::OpenGroup;
use super::key_hash::KeyHash;
use super::key_range::HashRange;
use super::living::{Living, Repeated};
use crate::error::{LogError, damaged};
use crate::frozen::{FrozenPartition, LogGroup, LogStore};
use crate::log::{Collected, PageSource, Values};

/// Log groups that are opened ahead of those that are read.
const GROUPS_AHEAD: usize = 2;

/// One bit for each row of each log group: whether it is visible.
pub(super) type Bits = Vec<BooleanBufferBuilder>;

/// The moment at which rows are visible.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) read_point: u64,
    pub(super) expired_before: Option<u64>,
}

impl Moment {
    /// Returns whether a row of this timestamp exists at the moment, deletes aside.
    pub(super) fn has(self, timestamp: u64) -> bool {
        timestamp <= self.read_point && self.expired_before.is_none_or(|before| timestamp >= before)
    }
}

/// Determines the visible rows of one partition.
#[derive(Debug)]
pub(super) struct KeysPass<'a> {
    pub(super) store: &'a Arc<dyn LogStore>,
    pub(super) partition: &'a FrozenPartition,
    pub(super) key: &'a FieldSchema,
    pub(super) key_id: i64,
    pub(super) moment: Moment,
    pub(super) seed: u64,
    pub(super) memory_bytes: u64,
}

impl KeysPass<'_> {
    /// Returns the visible rows of each log group, in the order of segments and groups.
    pub(super) async fn visible<K: KeyHash>(&self) -> Result<Vec<BooleanBuffer>> {
        let mut bits = Bits::new();
        let mut range = Some(HashRange::<K>::all());
        while let Some(current) = range {
            let limits = DeleteLimits {
                memory_bytes: self.memory_bytes / 2,
                read_point: self.moment.read_point,
                seed: self.seed,
            };
            let deletes = Deletes::read(self.store, &self.partition.delete_logs, current, limits).await?;
            let living = Living::new(bits, deletes, self.moment, self.memory_bytes);
            let Repeated { keys, range: done, bits: living } = self.living(living).await?;
            bits = self.resolve(living, &keys).await?;
            range = done.rest();
        }
        Ok(bits.into_iter().map(BooleanBufferBuilder::build).collect())
    }

    /// Reads the keys of all rows, and returns those that several living rows have.
    async fn living<K: KeyHash>(&self, living: Living<K>) -> Result<Repeated<K>> {
        let seed = self.seed;
        let step = move |(group, living): &mut (usize, Living<K>), part: &Part| {
            let [times, keys] = part.columns.as_slice() else { return Ok(()) };
            let of_file = |error: LogError| error.of_file(&part.path);
            let hashes = K::of_rows(keys, seed).map_err(of_file)?;
            living.rows(*group, part.first_row, numbers(times).map_err(of_file)?, &hashes);
            Ok(())
        };
        let mut living = living;
        let ids = [TIMESTAMP, self.key_id];
        let mut groups = self.groups(&ids);
        let mut number = 0;
        while let Some((group, columns)) = groups.try_next().await? {
            require_rows(&mut living.bits, number, group.rows, columns[0].path())?;
            (_, living) = drive(columns, group.rows, (number, living), step).await?;
            number += 1;
        }
        spawn_compute(move || Ok(living.finish())).await
    }

    /// Hides all rows but the newest of each of these keys.
    async fn resolve<K: KeyHash>(&self, bits: Bits, repeated: &[K]) -> Result<Bits> {
        let seed = self.seed;
        let step = move |(group, newest): &mut (usize, Newest<K>), part: &Part| {
            let [times, keys, row_ids] = part.columns.as_slice() else { return Ok(()) };
            let of_file = |error: LogError| error.of_file(&part.path);
            let hashes = K::of_rows(keys, seed).map_err(of_file)?;
            let (times, row_ids) = (numbers(times).map_err(of_file)?, numbers(row_ids).map_err(of_file)?);
            newest.rows(*group, part.first_row, times, &hashes, row_ids);
            Ok(())
        };
        let mut bits = bits;
        let ids = [TIMESTAMP, self.key_id, ROW_ID];
        for keys in repeated.chunks(Newest::<K>::keys_in(self.memory_bytes)) {
            let mut newest = Newest::new(bits, keys.to_vec());
            let mut groups = self.groups(&ids);
            let mut number = 0;
            while let Some((group, columns)) = groups.try_next().await? {
                require_rows(&mut newest.bits, number, group.rows, columns[0].path())?;
                (_, newest) = drive(columns, group.rows, (number, newest), step).await?;
                number += 1;
            }
            bits = newest.bits;
        }
        Ok(bits)
    }

    /// Opens the log groups of the partition one after the other, with these columns.
    fn groups<'s>(
        &'s self,
        ids: &'s [i64],
    ) -> impl futures::Stream<Item = Result<(OpenGroup, Vec<PageSource>)>> + Unpin + 's {
        let groups = self.partition.segments.iter().flat_map(|segment| &segment.groups);
        Box::pin(stream::iter(groups).map(move |group| self.open(group, ids)).buffered(GROUPS_AHEAD))
    }

    async fn open(&self, group: &LogGroup, ids: &[i64]) -> Result<(OpenGroup, Vec<PageSource>)> {
        let mut opened = OpenGroup::open(self.store, group, ids).await?;
        let mut columns = Vec::with_capacity(ids.len());
        for (id, column) in ids.iter().zip(opened.columns.drain(..)) {
            let column = column.ok_or_else(|| missing_column(group, *id))?;
            let number = FieldSchema::new("row id or timestamp", DataType::Int64);
            column.require_type(if *id == self.key_id { self.key } else { &number })?;
            columns.push(column);
        }
        Ok((opened, columns))
    }
}

/// Returns the error for a group without a column that every row has.
fn missing_column(group: &LogGroup, id: i64) -> Error {
    let path = group.files.values().next().map_or("", |file| &file.path);
    damaged(path, format_args!("belongs to a segment without field {id}"))
}

/// Makes room for the bits of a group, which has the same number of rows each time.
fn require_rows(bits: &mut Bits, group: usize, rows: usize, path: &str) -> Result<()> {
    if group == bits.len() {
        let mut all = BooleanBufferBuilder::new(rows);
        all.append_n(rows, true);
        bits.push(all);
    }
    if bits[group].len() == rows { Ok(()) } else { Err(damaged(path, "changed while it was read")) }
}

/// Returns numbers of 64 bits.
fn numbers(column: &Collected) -> Result<&[[u8; 8]], LogError> {
    match &column.values {
        Values::Fixed { bytes, width: 8 } => Ok(bytes.as_slice().as_chunks().0),
        _ => Err(LogError::damaged("has numbers of another type")),
    }
}
