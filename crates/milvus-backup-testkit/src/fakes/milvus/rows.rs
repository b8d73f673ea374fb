//! The rows of one partition: every version of every key, with the times of its insert and of its delete.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use milvus_backup_core::schema::PrimaryKey;

use super::model::{Copies, Statistics};

/// One row of a batch.
#[derive(Debug, Clone)]
pub(super) struct RowRef {
    pub(super) batch: Arc<Batch>,
    pub(super) row: usize,
}

/// A batch that was inserted, with the columns of its collection.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) rows: RecordBatch,
    /// Size of one row on average.
    pub(super) row_bytes: usize,
}

impl Batch {
    pub(super) fn new(rows: RecordBatch) -> Arc<Self> {
        let sizes = rows.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0));
        let bytes: usize = sizes.sum();
        Arc::new(Self { row_bytes: (bytes / rows.num_rows().max(1)).max(1), rows })
    }
}

/// One row as it was inserted.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) row: RowRef,
    inserted: u64,
    deleted: Option<u64>,
    flushed: bool,
}

impl Version {
    /// Whether it was there at a moment; at any later one where none is given.
    fn is_there(&self, moment: Option<u64>) -> bool {
        match moment {
            Some(moment) => self.inserted <= moment && self.deleted.is_none_or(|deleted| deleted > moment),
            None => self.deleted.is_none(),
        }
    }
}

/// The rows of one partition.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    versions: BTreeMap<PrimaryKey, Vec<Version>>,
}

impl Rows {
    /// All keys there ever were and were not compacted away, in ascending order, with their versions.
    pub(super) fn versions(&self) -> &BTreeMap<PrimaryKey, Vec<Version>> {
        &self.versions
    }

    pub(super) fn insert(&mut self, key: PrimaryKey, row: RowRef, now: u64, flushed: bool) {
        let version = Version { row, inserted: now, deleted: None, flushed };
        self.versions.entry(key).or_default().push(version);
    }

    /// Deletes all copies of these keys.
    pub(super) fn delete(&mut self, keys: &[PrimaryKey], now: u64) {
        for key in keys {
            let versions = self.versions.get_mut(key).into_iter().flatten();
            versions.filter(|version| version.deleted.is_none()).for_each(|version| version.deleted = Some(now));
        }
    }

    /// Removes the version of a key that is not flushed, as if it had never been inserted.
    pub(super) fn take_back(&mut self, key: &PrimaryKey) {
        if let Some(versions) = self.versions.get_mut(key) {
            versions.retain(|version| version.flushed);
        }
    }

    pub(super) fn flush(&mut self) {
        self.versions.values_mut().flatten().for_each(|version| version.flushed = true);
    }

    /// Removes what was deleted for good.
    pub(super) fn compact(&mut self) {
        self.versions.values_mut().for_each(|versions| versions.retain(|version| version.deleted.is_none()));
        self.versions.retain(|_, versions| !versions.is_empty());
    }

    /// Flushed rows that were inserted until then, deleted ones among them.
    pub(super) fn flushed_until(&self, until: u64) -> u64 {
        let versions = self.versions.values().flatten();
        versions.filter(|version| version.flushed && version.inserted <= until).count() as u64
    }

    /// Rows as statistics have them.
    pub(super) fn stored(&self, statistics: Statistics, copies: Copies) -> u64 {
        match statistics {
            Statistics::Flushed => self.flushed_until(u64::MAX),
            Statistics::Live => {
                self.versions.values().map(|versions| visible(versions, copies, None, None).len() as u64).sum()
            }
        }
    }
}

/// The versions of a key that a read of one partition counts at a moment, the one that it returns first.
///
/// Flushed rows that were inserted until `hidden` are not found.
pub(super) fn visible(versions: &[Version], copies: Copies, moment: Option<u64>, hidden: Option<u64>) -> Vec<&Version> {
    let is_found = |version: &&Version| hidden.is_none_or(|hidden| !version.flushed || version.inserted > hidden);
    let mut there: Vec<&Version> =
        versions.iter().filter(|version| version.is_there(moment)).filter(is_found).collect();
    match copies {
        Copies::Any => {}
        Copies::Newest => there.reverse(),
        Copies::Replaced => {
            there.reverse();
            there.truncate(1);
        }
    }
    there
}

/// The row that a read of several partitions returns, of those that each of them counts.
pub(super) fn returned<'a>(copies: Copies, of_each: &[&'a Version]) -> Option<&'a Version> {
    match copies {
        Copies::Any => of_each.iter().min_by_key(|version| version.inserted).copied(),
        Copies::Newest | Copies::Replaced => of_each.iter().max_by_key(|version| version.inserted).copied(),
    }
}
