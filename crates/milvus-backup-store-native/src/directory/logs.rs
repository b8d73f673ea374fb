//! The log files of a collection, as the metadata of the tool names them and as they lie in its directory.
//!
//! `binlogs/insert_log/COLLECTION/PARTITION/[GROUP/]SEGMENT/FIELD/LOG` and
//! `binlogs/delta_log/COLLECTION/PARTITION/[GROUP/]SEGMENT/LOG`.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_core::{Error, Result};
use milvus_backup_segments::{FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup};
use milvus_backup_storage::error::corrupted;

use super::meta::{CollectionMeta, FieldLogs, LogMeta, SegmentMeta};

/// The partition of deletes that apply to all partitions.
const ALL_PARTITIONS: i64 = -1;

/// The newest form of segments that is read: column groups.
const STORAGE_V2: i64 = 2;

/// Returns the segment of an insert log, from its path; `None` for any other file.
pub(crate) fn segment_of_log(path: &str) -> Option<i64> {
    let (_, below) = path.split_once("/binlogs/insert_log/")?;
    let mut parts = below.rsplit('/');
    let (_log, _field) = (parts.next()?, parts.next()?);
    parts.next()?.parse().ok()
}

/// Returns the directories of the logs of a collection, with a slash at the end.
pub(super) fn collection_logs(path: &str, collection: &CollectionMeta) -> [String; 2] {
    ["insert_log", "delta_log"].map(|kind| format!("{path}/binlogs/{kind}/{}/", collection.collection_id))
}

/// The files in the directory of the tool.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logs<'a> {
    /// Name of the backup for messages.
    pub(super) backup: &'a str,
    /// The path of the directory of the tool, relative to that of the backup.
    pub(super) path: &'a str,
    /// The sizes of the files, by their paths relative to the directory of the backup.
    pub(super) files: &'a BTreeMap<String, u64>,
}

impl Logs<'_> {
    /// Returns the logs of a collection.
    pub(super) fn frozen(self, collection: &CollectionMeta) -> Result<FrozenSegments> {
        let mut known = BTreeSet::new();
        let mut partitions = Vec::new();
        for partition in &collection.partitions {
            let mut frozen = FrozenPartition { name: partition.partition_name.clone(), ..FrozenPartition::default() };
            for segment in &partition.segments {
                let of_partition = SegmentMeta { partition_id: partition.partition_id, ..segment.clone() };
                frozen.segments.push(self.segment(collection, &of_partition)?);
                frozen.delete_logs.extend(self.deletes(collection, &of_partition)?);
            }
            let applies =
                |segment: &&SegmentMeta| [ALL_PARTITIONS, partition.partition_id].contains(&segment.partition_id);
            for segment in collection.l0_segments.iter().filter(applies) {
                frozen.delete_logs.extend(self.deletes(collection, segment)?);
            }
            known.extend(frozen.segments.iter().flat_map(FrozenSegment::files).map(|file| file.path.clone()));
            known.extend(frozen.delete_logs.iter().map(|file| file.path.clone()));
            partitions.push(frozen);
        }
        self.require_known(collection, &known)?;
        let fields = collection.schema.fields.iter();
        Ok(FrozenSegments {
            read_point: u64::MAX,
            expired_before: None,
            repeated: false,
            field_ids: fields.map(|field| (field.name.clone(), field.field_id)).collect(),
            partitions,
        })
    }

    /// Returns the insert logs of a segment. The first log of each field has the same rows, and so on.
    fn segment(self, collection: &CollectionMeta, segment: &SegmentMeta) -> Result<FrozenSegment> {
        if segment.storage_version > STORAGE_V2 {
            let what = format!("segment {} of storage version {}", segment.segment_id, segment.storage_version);
            return Err(Error::Unsupported { what });
        }
        let mut groups: Vec<LogGroup> = Vec::new();
        for (number, FieldLogs { field_id, binlogs }) in segment.binlogs.iter().enumerate() {
            let below = format!("insert_log/{}/{field_id}", place(collection, segment));
            let files = self.in_order(&below, binlogs)?;
            if number == 0 {
                groups.resize(files.len(), LogGroup::default());
            }
            if files.len() != groups.len() {
                let message = format!("it has {} logs, and other fields have {}", files.len(), groups.len());
                return Err(self.damaged(&below, message));
            }
            for (group, file) in groups.iter_mut().zip(files) {
                group.files.insert(*field_id, file);
            }
        }
        if groups.is_empty() && segment.num_of_rows > 0 {
            let below = format!("insert_log/{}", place(collection, segment));
            return Err(self.damaged(&below, format!("there are no logs of its {} rows", segment.num_of_rows)));
        }
        Ok(FrozenSegment { id: segment.segment_id, rows: Some(segment.num_of_rows), groups })
    }

    fn deletes(self, collection: &CollectionMeta, segment: &SegmentMeta) -> Result<Vec<LogFile>> {
        let below = format!("delta_log/{}", place(collection, segment));
        let logs: Vec<LogMeta> = segment.deltalogs.iter().flat_map(|field| field.binlogs.clone()).collect();
        self.in_order(&below, &logs)
    }

    /// Returns the files of logs in ascending order of their identifiers, in which they were written.
    fn in_order(self, below: &str, logs: &[LogMeta]) -> Result<Vec<LogFile>> {
        let mut files = BTreeMap::new();
        for log in logs {
            let name = log.log_path.rsplit('/').next().unwrap_or_default();
            let number: i64 = name.parse().map_err(|_| self.damaged(below, "it names a log that has no number"))?;
            let path = format!("{}/binlogs/{below}/{number}", self.path);
            let size_bytes = match self.files.get(&path) {
                Some(size) if *size == log.log_size => *size,
                Some(size) => {
                    let message = format!("it has {size} bytes, and the metadata says {}", log.log_size);
                    return Err(corrupted(self.backup, &path, message));
                }
                None => return Err(corrupted(self.backup, &path, "it is missing")),
            };
            files.insert(number, LogFile { path, size_bytes, version: None });
        }
        if files.len() != logs.len() {
            return Err(self.damaged(below, "it names a log twice"));
        }
        Ok(files.into_values().collect())
    }

    /// Checks that there are no logs that the metadata does not name: the tool would restore them.
    fn require_known(self, collection: &CollectionMeta, known: &BTreeSet<String>) -> Result<()> {
        let logs = collection_logs(self.path, collection);
        let mut unknown = self.files.keys().filter(|file| !known.contains(*file));
        match unknown.find(|file| logs.iter().any(|logs| file.starts_with(logs))) {
            Some(unknown) => Err(corrupted(self.backup, unknown, "the metadata does not name it")),
            None => Ok(()),
        }
    }

    fn damaged(self, below: &str, message: impl std::fmt::Display) -> Error {
        corrupted(self.backup, &format!("{}/binlogs/{below}", self.path), message)
    }
}

/// Returns the path of the logs of a segment. A group has the segments that are imported together.
fn place(collection: &CollectionMeta, segment: &SegmentMeta) -> String {
    let (collection, partition, id) = (collection.collection_id, segment.partition_id, segment.segment_id);
    match segment.group_id {
        0 => format!("{collection}/{partition}/{id}"),
        group => format!("{collection}/{partition}/{group}/{id}"),
    }
}
