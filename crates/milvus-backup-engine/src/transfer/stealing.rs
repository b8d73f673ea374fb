//! Work stealing between the workers of a backup. When a worker is idle, the unit with the largest remainder is divided, so
//! that a large or slow unit does not delay the backup.
//!
//! Must always hold: the units of a partition cover every row to be read, and no row is in two of them. A unit is divided
//! only at a key after all rows that were read of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::Array;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{Result, RowOrder, ScanPosition, ScanSession, ScanUnit};

/// A unit that is read by one worker, and may be shortened meanwhile.
#[derive(Debug)]
pub(super) struct OpenUnit {
    /// The position of the partition in the plan.
    pub(super) partition: usize,
    state: Mutex<UnitState>,
}

#[derive(Debug)]
struct UnitState {
    unit: ScanUnit,
    /// The furthest position that was read by any attempt.
    read: ScanPosition,
}

/// The rows of a batch that belong to a unit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Number of rows from the beginning of the batch.
    pub(super) rows: usize,
    /// Whether more rows may follow.
    pub(super) more: bool,
    /// The position after them.
    pub(super) reached: ScanPosition,
}

impl OpenUnit {
    pub(super) fn new(partition: usize, unit: ScanUnit) -> Self {
        Self { partition, state: Mutex::new(UnitState { unit, read: ScanPosition::Start }) }
    }

    fn state(&self) -> MutexGuard<'_, UnitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current extent of the unit.
    pub(super) fn unit(&self) -> ScanUnit {
        self.state().unit.clone()
    }

    /// Takes the next rows, which follow `from`, as far as they are in the current extent of the unit. `keys` is their
    /// primary-key column.
    pub(super) fn take(&self, keys: &dyn Array, from: &ScanPosition) -> Result<Taken> {
        let Some(last_row) = keys.len().checked_sub(1) else {
            return Ok(Taken { rows: 0, more: true, reached: from.clone() });
        };
        let mut state = self.state();
        if state.unit.order == RowOrder::Unordered {
            let before = if let ScanPosition::AfterRows(rows) = from { *rows } else { 0 };
            let reached = ScanPosition::AfterRows(before + keys.len() as u64);
            state.read = reached.clone();
            return Ok(Taken { rows: keys.len(), more: true, reached });
        }
        let last = PrimaryKey::at(keys, last_row)?;
        let up_to = state.unit.keys().and_then(|range| range.up_to.clone());
        let taken = match up_to {
            Some(up_to) if up_to <= last => {
                Taken { rows: up_to.rows_up_to(keys)?, more: false, reached: ScanPosition::AfterKey(up_to) }
            }
            _ => Taken { rows: keys.len(), more: true, reached: ScanPosition::AfterKey(last) },
        };
        state.advance(&taken.reached);
        Ok(taken)
    }

    /// Divides the remainder of the unit, and returns both parts.
    fn split(&self, session: &dyn ScanSession) -> Option<(ScanUnit, ScanUnit)> {
        let state = self.state();
        session.split(&state.unit, &state.read)
    }
}

impl UnitState {
    /// Records a position. Rows that are read again after a failed write do not move it back.
    fn advance(&mut self, reached: &ScanPosition) {
        let is_new = match (&self.read, reached) {
            (ScanPosition::AfterKey(read), ScanPosition::AfterKey(reached)) => reached > read,
            _ => true,
        };
        if is_new {
            self.read = reached.clone();
        }
    }
}

/// The units of a backup that are being read, and those that are waiting.
#[derive(Debug)]
pub(super) struct Units<'a> {
    session: &'a dyn ScanSession,
    waiting: VecDeque<Arc<OpenUnit>>,
    reading: Vec<Arc<OpenUnit>>,
}

impl<'a> Units<'a> {
    pub(super) fn new(session: &'a dyn ScanSession, units: impl IntoIterator<Item = OpenUnit>) -> Self {
        Self { session, waiting: units.into_iter().map(Arc::new).collect(), reading: Vec::new() }
    }

    /// Returns the next unit to read; `None` if there is no work for another worker at the moment.
    pub(super) fn next(&mut self) -> Option<Arc<OpenUnit>> {
        let next = self.waiting.pop_front().or_else(|| self.steal_half())?;
        self.reading.push(Arc::clone(&next));
        Some(next)
    }

    /// Divides the unit with the largest remainder, and returns its second half.
    fn steal_half(&self) -> Option<Arc<OpenUnit>> {
        let parts = self.reading.iter().filter_map(|open| Some((open, open.split(self.session)?)));
        let (open, (first, second)) = parts.max_by_key(|(_, (_, second))| second.estimated_rows())?;
        open.state().unit = first;
        Some(Arc::new(OpenUnit::new(open.partition, second)))
    }

    /// Records that a unit was completed or failed. Returns whether it was the last one of its partition.
    pub(super) fn done(&mut self, unit: &Arc<OpenUnit>) -> bool {
        self.reading.retain(|other| !Arc::ptr_eq(other, unit));
        self.reading.iter().chain(&self.waiting).all(|other| other.partition != unit.partition)
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Int64Array, RecordBatch};
    use async_trait::async_trait;
    use futures::stream::BoxStream;
    use milvus_backup_core::{KeyRange, ReadPoint, ScanTarget, UnitEstimate, UnitId, UnitSpan};
    use proptest::prelude::*;

    use super::*;

    fn key(key: i64) -> PrimaryKey {
        PrimaryKey::Int64(key)
    }

    /// A session whose units can be divided at these keys of each partition.
    #[derive(Debug)]
    struct Divisible(Vec<PrimaryKey>);

    #[async_trait]
    impl ScanSession for Divisible {
        fn read_point(&self) -> ReadPoint {
            ReadPoint::Unknown
        }

        async fn count_rows(&self, _: &str) -> Result<u64> {
            Ok(0)
        }

        async fn plan(&self, _: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
            Ok(Vec::new())
        }

        fn read(&self, _: &ScanUnit, _: &ScanPosition, _: usize) -> BoxStream<'static, Result<RecordBatch>> {
            Box::pin(futures::stream::empty())
        }

        fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
            unit.split_at(read, &self.0)
        }
    }

    /// The unit of all keys of a partition up to one, which has so many keys to divide it at.
    fn unit(partition: usize, up_to: Option<PrimaryKey>, keys: usize) -> OpenUnit {
        let unit = ScanUnit {
            id: UnitId(partition as u64),
            partition: partition.to_string(),
            span: UnitSpan::Keys(KeyRange { after: None, up_to }),
            order: RowOrder::PrimaryKey,
            estimate: Some(UnitEstimate { rows: 1000 * (keys as u64 + 1), bytes: None }),
            parts: keys + 1,
            content: None,
        };
        OpenUnit::new(partition, unit)
    }

    fn range(open: &OpenUnit) -> (Option<PrimaryKey>, Option<PrimaryKey>) {
        let range = open.unit().keys().cloned().unwrap();
        (range.after, range.up_to)
    }

    fn position(cursor: Option<&PrimaryKey>) -> ScanPosition {
        cursor.map_or(ScanPosition::Start, |key| ScanPosition::AfterKey(key.clone()))
    }

    /// The rows of a page as Milvus gives them: those after a key, so many at once.
    fn page(after: Option<&PrimaryKey>, rows: usize, last: i64) -> Int64Array {
        let first = match after {
            Some(PrimaryKey::Int64(after)) => after + 1,
            _ => 0,
        };
        (first..=last).take(rows).collect()
    }

    #[test]
    fn streams_begin_with_about_the_same() {
        let keys: Vec<PrimaryKey> = (1..16).map(|number| key(number * 10)).collect();
        let session = Divisible(keys);
        let mut units = Units::new(&session, [unit(0, None, 15)]);
        let first: Vec<Arc<OpenUnit>> = (0..4).map(|_| units.next().unwrap()).collect();
        let mut found: Vec<_> = first.iter().map(|open| range(open)).collect();
        found.sort();
        let [a, b, c] = [40, 80, 120].map(|number| Some(key(number)));
        assert_eq!(found, [(None, a.clone()), (a, b.clone()), (b, c.clone()), (c, None)]);
    }

    /// Keys from 900 on take ten times as long, as wide rows do.
    #[test]
    fn a_range_that_turns_out_large_is_shared() {
        let (last, streams) = (999, 4);
        let keys: Vec<PrimaryKey> = (1..100).map(|number| key(number * 10)).collect();
        let session = Divisible(keys);
        let mut units = Units::new(&session, [unit(0, None, 99)]);
        let (mut reading, mut times) = (Vec::new(), vec![0; streams]);
        for stream in 0..streams {
            let open = units.next().unwrap();
            reading.push((stream, range(&open).0, open));
        }
        while let Some(next) = (0..reading.len()).min_by_key(|index| times[reading[*index].0]) {
            let (stream, cursor, open) = &mut reading[next];
            let page = page(cursor.as_ref(), 2, last);
            let Taken { rows, more, .. } = open.take(&page, &position(cursor.as_ref())).unwrap();
            let taken = &page.values()[..rows];
            times[*stream] += taken.iter().map(|key| if *key < 900 { 1 } else { 10 }).sum::<u32>();
            *cursor = taken.last().map(|last| key(*last)).or(cursor.take());
            if !more || page.is_empty() {
                let (stream, _, open) = reading.swap_remove(next);
                units.done(&open);
                reading.extend(units.next().map(|open| (stream, range(&open).0, open)));
            }
        }
        // 900 narrow rows and 100 wide ones are 475 for each; ranges of the same number of rows would end after 1150.
        assert!(times.iter().all(|time| (300..=750).contains(time)), "{times:?}");
        assert_eq!(times.iter().sum::<u32>(), 1900);
    }

    #[test]
    fn keys_in_disorder_make_no_gap_and_no_overlap() {
        for keys in [[50, 10, 90, 20, 70], [90, 90, 90, 10, 10], [10, 70, 50, 60, 80]] {
            let session = Divisible(keys.map(key).to_vec());
            let mut units = Units::new(&session, [unit(0, Some(key(60)), keys.len())]);
            let found: Vec<Arc<OpenUnit>> = std::iter::from_fn(|| units.next()).take(10).collect();
            let mut found: Vec<_> = found.iter().map(|open| range(open)).collect();
            found.sort();
            let ends = found.iter().map(|(_, up_to)| up_to.clone());
            let begins = found.iter().map(|(after, _)| after.clone()).skip(1).chain([Some(key(60))]);
            assert!(ends.eq(begins), "{keys:?}: {found:?}");
        }
    }

    #[test]
    fn a_partition_is_done_with_its_last_range() {
        let keys: Vec<PrimaryKey> = (1..6).map(key).collect();
        let session = Divisible(keys);
        let mut units = Units::new(&session, [unit(0, None, 5), unit(1, None, 5)]);
        let [first, other, half] = [0; 3].map(|_| units.next().unwrap());
        assert_eq!((first.partition, other.partition, half.partition), (0, 1, 1));
        assert!(units.done(&first) && !units.done(&other) && units.done(&half));
        assert!(units.next().is_none());
    }

    proptest! {
        /// Whatever the number of streams, the pages, and the order in which they come.
        #[test]
        fn every_key_is_read_once(
            last in 0_i64..200,
            split_keys in proptest::collection::btree_set(0_i64..200, 0..20),
            streams in 1_usize..5,
            steps in proptest::collection::vec((any::<proptest::sample::Index>(), 1_usize..40), 1..400),
        ) {
            let session = Divisible(split_keys.into_iter().map(key).collect());
            let mut units = Units::new(&session, [unit(0, None, session.0.len())]);
            let mut reading: Vec<(Arc<OpenUnit>, Option<PrimaryKey>)> = Vec::new();
            let mut read: Vec<i64> = Vec::new();
            let mut steps = steps.into_iter().cycle();
            loop {
                while reading.len() < streams && let Some(open) = units.next() {
                    let after = range(&open).0;
                    reading.push((open, after));
                }
                if reading.is_empty() {
                    break;
                }
                let (which, rows) = steps.next().unwrap();
                let stream = which.index(reading.len());
                let (open, cursor) = &mut reading[stream];
                let page = page(cursor.as_ref(), rows, last);
                let Taken { rows, more, .. } = open.take(&page, &position(cursor.as_ref())).unwrap();
                read.extend(&page.values()[..rows]);
                if more && let Some(last) = page.values().last() {
                    *cursor = Some(key(*last));
                } else {
                    let (open, _) = reading.swap_remove(stream);
                    units.done(&open);
                }
            }
            read.sort_unstable();
            prop_assert_eq!(read, (0..=last).collect::<Vec<_>>());
        }
    }
}
