//! The listed logs by partition, segment and field.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_core::{Error, Result};

use super::path::{FieldPosition, Foreign, Position};
use crate::frozen::{LogFile, LogGroup};

/// The partition under which deletes of all partitions are stored.
pub(crate) const EVERY_PARTITION: i64 = -1;

/// All logs of a collection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// The logs of each partition, by its identifier. [`EVERY_PARTITION`] has deletes that apply to all.
    pub(crate) partitions: BTreeMap<i64, PartitionLogs>,
    /// A file of each segment whose layout is not known.
    pub(crate) foreign: BTreeMap<i64, String>,
}

/// The logs of one partition.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartitionLogs {
    /// The logs with inserted rows, by segment.
    pub(crate) segments: BTreeMap<i64, SegmentLogs>,
    /// The logs with deletes, by segment and log.
    pub(crate) deletes: BTreeMap<i64, BTreeMap<i64, LogFile>>,
}

/// The insert logs of one segment.
#[derive(Debug, Clone, Default)]
pub(crate) struct SegmentLogs {
    /// The files by field or column group, and by log.
    pub(crate) fields: BTreeMap<i64, BTreeMap<i64, LogFile>>,
}

impl Listing {
    /// Adds an insert log.
    pub(super) fn insert(&mut self, at: FieldPosition, file: LogFile) {
        let FieldPosition { field, at } = at;
        let segment = self.partitions.entry(at.partition).or_default().segments.entry(at.segment).or_default();
        segment.fields.entry(field).or_default().insert(at.log, file);
    }

    /// Adds a delete log.
    pub(super) fn delete(&mut self, at: Position, file: LogFile) {
        let partition = self.partitions.entry(at.partition).or_default();
        partition.deletes.entry(at.segment).or_default().insert(at.log, file);
    }

    /// Adds a file of an unknown layout.
    pub(super) fn add_foreign(&mut self, foreign: Foreign, path: String) {
        if let Some(segment) = foreign.segment {
            self.foreign.entry(segment).or_insert(path);
        }
    }

    /// Returns the logs of a partition; `None` if it has none.
    pub(crate) fn partition(&self, id: i64) -> Option<&PartitionLogs> {
        self.partitions.get(&id)
    }

    /// Returns the insert logs of a segment; `None` if it has none.
    pub(crate) fn segment(&self, partition: i64, segment: i64) -> Option<&SegmentLogs> {
        self.partition(partition)?.segments.get(&segment)
    }

    /// Returns whether a segment has files of a known layout in any partition.
    pub(crate) fn has_segment(&self, segment: i64) -> bool {
        self.partitions.values().any(|partition| partition.segments.contains_key(&segment))
    }

    /// Returns all insert logs and delete logs.
    pub(crate) fn files(&self) -> impl Iterator<Item = &LogFile> {
        self.partitions.values().flat_map(|partition| {
            let inserts = partition.segments.values().flat_map(|logs| logs.fields.values().flat_map(BTreeMap::values));
            inserts.chain(partition.delete_logs())
        })
    }

    /// Returns the insert logs and delete logs of these segments.
    pub(crate) fn files_of(&self, segments: &BTreeSet<i64>) -> impl Iterator<Item = &LogFile> {
        self.partitions.values().flat_map(|partition| {
            let inserts = partition.segments.iter().filter(|(id, _)| segments.contains(id));
            let inserts = inserts.flat_map(|(_, logs)| logs.fields.values().flat_map(BTreeMap::values));
            let deletes = partition.deletes.iter().filter(|(id, _)| segments.contains(id));
            inserts.chain(deletes.flat_map(|(_, logs)| logs.values()))
        })
    }

    /// Returns the paths of all delete logs.
    pub(crate) fn delete_paths(&self) -> BTreeSet<&str> {
        let partitions = self.partitions.values();
        partitions.flat_map(PartitionLogs::delete_logs).map(|file| file.path.as_str()).collect()
    }

    /// Fails if a segment is stored in a layout that this program does not read.
    ///
    /// # Errors
    /// [`Error::Unsupported`] with the name of a file.
    pub(crate) fn require_known_layout(&self, segment: i64) -> Result<()> {
        match self.foreign.get(&segment) {
            Some(file) => Err(Error::Unsupported {
                what: format!("the layout of segment {segment}, which has the file `{file}`"),
            }),
            None => Ok(()),
        }
    }
}

impl PartitionLogs {
    /// Returns the delete logs of all segments.
    pub(crate) fn delete_logs(&self) -> impl Iterator<Item = &LogFile> {
        self.deletes.values().flat_map(BTreeMap::values)
    }
}

impl SegmentLogs {
    /// Returns the logs of the same rows, in ascending order; `None` if the fields have different numbers of logs, as
    /// while the segment is being written or deleted.
    pub(crate) fn groups(&self) -> Option<Vec<LogGroup>> {
        let complete = self.complete_groups();
        self.fields.values().all(|logs| logs.len() == complete.len()).then_some(complete)
    }

    /// Returns the logs of the same rows that every field has.
    pub(crate) fn complete_groups(&self) -> Vec<LogGroup> {
        let count = self.fields.values().map(BTreeMap::len).min().unwrap_or(0);
        let mut groups = vec![LogGroup::default(); count];
        for (field, logs) in &self.fields {
            for (group, file) in groups.iter_mut().zip(logs.values()) {
                group.files.insert(*field, file.clone());
            }
        }
        groups
    }

    /// Returns the paths of its files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.fields.values().flat_map(BTreeMap::values).map(|file| file.path.as_str())
    }
}
