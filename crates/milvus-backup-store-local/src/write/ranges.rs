//! Which ranges of primary keys are read side by side. When a stream has nothing more to read, the range that has most
//! left is divided: so ranges that turn out large, or slow, do not keep the others waiting.
//!
//! Must always hold: the ranges of a partition cover every key that is to be read, and no key is in two of them. A range
//! is divided only at a key that comes after all that was read of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::Array;
use milvus_backup_core::Result;
use milvus_backup_core::schema::PrimaryKey;

/// Keys for dividing that a range must have ahead, so that its halves are worth a stream and a file each.
const MIN_KEYS_AHEAD: usize = 2;

/// A range of primary keys of one partition, which is read once.
#[derive(Debug)]
pub(super) struct Range {
    /// The position of the partition in the plan.
    pub(super) partition: usize,
    /// The last key before it; `None` where it begins with the first of all.
    pub(super) after: Option<PrimaryKey>,
    progress: Mutex<RangeProgress>,
}

#[derive(Debug)]
struct RangeProgress {
    /// The last key that was read.
    read: Option<PrimaryKey>,
    /// The last key in the range; `None` where it ends with the last of all.
    up_to: Option<PrimaryKey>,
}

impl Range {
    pub(super) fn new(partition: usize, after: Option<PrimaryKey>, up_to: Option<PrimaryKey>) -> Self {
        Self { partition, progress: Mutex::new(RangeProgress { read: after.clone(), up_to }), after }
    }

    fn progress(&self) -> MutexGuard<'_, RangeProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of the last key in it, as it is now; `None` where it ends with the last of all.
    pub(super) fn up_to(&self) -> Option<String> {
        self.progress().up_to.as_ref().map(PrimaryKey::to_string)
    }

    /// How many of the next rows are in the range as it is now, and whether there may be more. `keys` is their column of
    /// keys, which ascend.
    pub(super) fn take(&self, keys: &dyn Array) -> Result<(usize, bool)> {
        let Some(last_row) = keys.len().checked_sub(1) else { return Ok((0, true)) };
        let last = PrimaryKey::at(keys, last_row)?;
        let mut progress = self.progress();
        let progress = &mut *progress;
        match &progress.up_to {
            Some(up_to) if *up_to <= last => {
                progress.read.clone_from(&progress.up_to);
                Ok((up_to.rows_up_to(keys)?, false))
            }
            _ => {
                // What is read once more, because it could not be written, was read before.
                progress.read = progress.read.take().max(Some(last));
                Ok((keys.len(), true))
            }
        }
    }

    /// Those of ascending keys at which what is left can be divided.
    fn ahead<'a>(&self, keys: &'a [PrimaryKey]) -> &'a [PrimaryKey] {
        let progress = self.progress();
        let from = progress.read.as_ref().map_or(0, |read| keys.partition_point(|key| key <= read));
        let to = progress.up_to.as_ref().map_or(keys.len(), |up_to| keys.partition_point(|key| key < up_to));
        keys.get(from..to).unwrap_or_default()
    }

    /// Ends with `key` from now on, and gives what comes after it. `None` when the key is not in what is left.
    fn divide(&self, key: &PrimaryKey) -> Option<Self> {
        let mut progress = self.progress();
        let is_read = progress.read.as_ref().is_some_and(|read| read >= key);
        if is_read || progress.up_to.as_ref().is_some_and(|up_to| up_to <= key) {
            return None;
        }
        let up_to = progress.up_to.replace(key.clone());
        Some(Self::new(self.partition, Some(key.clone()), up_to))
    }
}

/// The ranges of a backup that are being read, and those that are to be.
#[derive(Debug)]
pub(super) struct Ranges {
    /// Of each partition, ascending: where its ranges can be divided.
    split_keys: Vec<Vec<PrimaryKey>>,
    waiting: VecDeque<Arc<Range>>,
    reading: Vec<Arc<Range>>,
}

impl Ranges {
    pub(super) fn new(split_keys: Vec<Vec<PrimaryKey>>, ranges: impl IntoIterator<Item = Range>) -> Self {
        Self { split_keys, waiting: ranges.into_iter().map(Arc::new).collect(), reading: Vec::new() }
    }

    /// The next range to read; `None` when no stream more is worth it at the moment.
    pub(super) fn next(&mut self) -> Option<Arc<Range>> {
        let next = self.waiting.pop_front().or_else(|| self.divided())?;
        self.reading.push(Arc::clone(&next));
        Some(next)
    }

    /// One half of the range that has most left.
    fn divided(&self) -> Option<Arc<Range>> {
        let left = self.reading.iter().map(|range| (range, range.ahead(&self.split_keys[range.partition])));
        let (range, keys) = left.max_by_key(|(_, keys)| keys.len()).filter(|(_, keys)| keys.len() >= MIN_KEYS_AHEAD)?;
        range.divide(&keys[keys.len() / 2]).map(Arc::new)
    }

    /// Says that a range was read to its end, or failed. True when it was the last one of its partition.
    pub(super) fn done(&mut self, range: &Arc<Range>) -> bool {
        self.reading.retain(|other| !Arc::ptr_eq(other, range));
        self.reading.iter().chain(&self.waiting).all(|other| other.partition != range.partition)
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Int64Array;
    use proptest::prelude::*;

    use super::*;

    fn key(key: i64) -> PrimaryKey {
        PrimaryKey::Int64(key)
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
        let mut ranges = Ranges::new(vec![keys], [Range::new(0, None, None)]);
        let first: Vec<Arc<Range>> = (0..4).map(|_| ranges.next().unwrap()).collect();
        let mut found: Vec<_> =
            first.iter().map(|range| (range.after.clone(), range.progress().up_to.clone())).collect();
        found.sort();
        let [a, b, c] = [40, 80, 120].map(|number| Some(key(number)));
        assert_eq!(found, [(None, a.clone()), (a, b.clone()), (b, c.clone()), (c, None)]);
    }

    /// Keys from 900 on take ten times as long, as wide rows do.
    #[test]
    fn a_range_that_turns_out_large_is_shared() {
        let (last, streams) = (999, 4);
        let keys: Vec<PrimaryKey> = (1..100).map(|number| key(number * 10)).collect();
        let mut ranges = Ranges::new(vec![keys], [Range::new(0, None, None)]);
        let (mut reading, mut times) = (Vec::new(), vec![0; streams]);
        for stream in 0..streams {
            let range = ranges.next().unwrap();
            reading.push((stream, range.after.clone(), range));
        }
        while let Some(next) = (0..reading.len()).min_by_key(|index| times[reading[*index].0]) {
            let (stream, cursor, range) = &mut reading[next];
            let page = page(cursor.as_ref(), 2, last);
            let (rows, more) = range.take(&page).unwrap();
            let taken = &page.values()[..rows];
            times[*stream] += taken.iter().map(|key| if *key < 900 { 1 } else { 10 }).sum::<u32>();
            *cursor = taken.last().map(|last| key(*last)).or(cursor.take());
            if !more || page.is_empty() {
                let (stream, _, range) = reading.swap_remove(next);
                ranges.done(&range);
                reading.extend(ranges.next().map(|range| (stream, range.after.clone(), range)));
            }
        }
        // 900 narrow rows and 100 wide ones are 475 for each; ranges of the same number of rows would end after 1150.
        assert!(times.iter().all(|time| (300..=750).contains(time)), "{times:?}");
        assert_eq!(times.iter().sum::<u32>(), 1900);
    }

    #[test]
    fn keys_in_disorder_make_no_gap_and_no_overlap() {
        for keys in [[50, 10, 90, 20, 70], [90, 90, 90, 10, 10], [10, 70, 50, 60, 80]] {
            let mut ranges = Ranges::new(vec![keys.map(key).to_vec()], [Range::new(0, None, Some(key(60)))]);
            let mut found: Vec<Arc<Range>> = std::iter::from_fn(|| ranges.next()).take(10).collect();
            found.sort_by(|one, other| one.after.cmp(&other.after));
            let ends = found.iter().map(|range| range.progress().up_to.clone());
            let begins = found.iter().map(|range| range.after.clone()).skip(1).chain([Some(key(60))]);
            assert!(ends.eq(begins), "{keys:?}: {found:?}");
        }
    }

    #[test]
    fn a_partition_is_done_with_its_last_range() {
        let keys: Vec<PrimaryKey> = (1..6).map(key).collect();
        let mut ranges = Ranges::new(vec![keys.clone(), keys], [Range::new(0, None, None), Range::new(1, None, None)]);
        let [first, other, half] = [0; 3].map(|_| ranges.next().unwrap());
        assert_eq!((first.partition, other.partition, half.partition), (0, 1, 1));
        assert!(ranges.done(&first) && !ranges.done(&other) && ranges.done(&half));
        assert!(ranges.next().is_none());
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
            let split_keys = split_keys.into_iter().map(key).collect();
            let mut ranges = Ranges::new(vec![split_keys], [Range::new(0, None, None)]);
            let mut reading: Vec<(Arc<Range>, Option<PrimaryKey>)> = Vec::new();
            let mut read: Vec<i64> = Vec::new();
            let mut steps = steps.into_iter().cycle();
            loop {
                while reading.len() < streams && let Some(range) = ranges.next() {
                    let after = range.after.clone();
                    reading.push((range, after));
                }
                if reading.is_empty() {
                    break;
                }
                let (which, rows) = steps.next().unwrap();
                let stream = which.index(reading.len());
                let (range, cursor) = &mut reading[stream];
                let page = page(cursor.as_ref(), rows, last);
                let (rows, more) = range.take(&page).unwrap();
                read.extend(&page.values()[..rows]);
                if more && let Some(last) = page.values().last() {
                    *cursor = Some(key(*last));
                } else {
                    let (range, _) = reading.swap_remove(stream);
                    ranges.done(&range);
                }
            }
            read.sort_unstable();
            prop_assert_eq!(read, (0..=last).collect::<Vec<_>>());
        }
    }
}
