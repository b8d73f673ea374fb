//! The segments of a collection that contain all its rows of a point in time, as data.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_core::Result;

use crate::rows::SegmentRows;

/// The logs that contain all rows of a collection at one moment, and possibly later rows and deletes, which a reader
/// leaves out by their timestamps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrozenSegments {
    /// The moment, as a hybrid timestamp of the server.
    pub read_point: u64,
    /// Rows with a timestamp before this one have expired; `None` if rows do not expire.
    pub expired_before: Option<u64>,
    /// Whether a row may be in several of the segments, as after a compaction while they were listed. The reader then
    /// returns each row once, by its row id (field 0).
    pub repeated: bool,
    /// The ids of the fields by name, as the server reports them in the definition of the collection; that of the
    /// dynamic field under `$meta`, if it is known. If it is empty, the fields have the ids that a collection is created
    /// with: ascending from 100 in the order of the schema, the dynamic field last.
    pub field_ids: BTreeMap<String, i64>,
    /// The partitions with their logs.
    pub partitions: Vec<FrozenPartition>,
}

impl FrozenSegments {
    /// Returns all log files.
    pub fn files(&self) -> impl Iterator<Item = &LogFile> {
        self.partitions.iter().flat_map(|partition| {
            let groups = partition.segments.iter().flat_map(|segment| &segment.groups);
            groups.flat_map(|group| group.files.values()).chain(&partition.delete_logs)
        })
    }
}

impl FrozenSegments {
    /// Returns a segment whose logs have another number of rows than the server reported, with that number.
    pub(crate) fn other_rows(&self, rows: &SegmentRows) -> Option<(&FrozenSegment, u64)> {
        let mut segments = self.partitions.iter().flat_map(|partition| &partition.segments);
        segments.find_map(|segment| {
            let reported = segment.rows.filter(|reported| *reported != rows.inserted_rows(segment.id))?;
            Some((segment, reported))
        })
    }
}

/// The logs of one partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrozenPartition {
    /// The name of the partition.
    pub name: String,
    /// The segments with its rows.
    pub segments: Vec<FrozenSegment>,
    /// The delete logs whose deletes apply to rows of any segment of the partition, each once.
    pub delete_logs: Vec<LogFile>,
}

/// The insert logs of one segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrozenSegment {
    /// The id of the segment.
    pub id: i64,
    /// The number of rows that were inserted into it, deletes not subtracted; `None` if the server did not report it.
    pub rows: Option<u64>,
    /// Its logs, in ascending order of log ids.
    pub groups: Vec<LogGroup>,
}

impl FrozenSegment {
    /// Returns all its log files.
    pub fn files(&self) -> impl Iterator<Item = &LogFile> {
        self.groups.iter().flat_map(|group| group.files.values())
    }
}

/// The logs that contain the columns of the same rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogGroup {
    /// The file of each field (storage v1) or column group (storage v2), by id.
    pub files: BTreeMap<i64, LogFile>,
}

/// A log file, as it was found when the segments were frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogFile {
    /// The path relative to the root of the storage.
    pub path: String,
    /// The size in bytes.
    pub size_bytes: u64,
    /// The version that the store reports, such as an entity tag; `None` if it has none.
    pub version: Option<String>,
}

/// Reads log files exactly as they were when they were frozen.
#[async_trait]
pub trait LogStore: Send + Sync + Debug {
    /// Returns the bytes of a file in a range.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] if the file cannot be read, is missing, or is no longer the file that was
    /// frozen.
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes>;
}
