//! The copy of the logs of segments.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use milvus::proto::milvus as pb;

/// A log file of the server, and its copy.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) id: i64,
    pub(super) source: PathBuf,
    pub(super) size: u64,
    /// The path of the copy below the directory of the backup.
    target: String,
}

/// A segment with its logs.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) collection: i64,
    pub(super) partition: i64,
    pub(super) rows: i64,
    /// The insert logs by field.
    pub(super) inserts: BTreeMap<i64, Vec<Log>>,
    pub(super) deletes: Vec<Log>,
}

impl Segment {
    /// Lists the logs of a segment below the root of the server.
    pub(super) fn list(root: &Path, info: &pb::PersistentSegmentInfo) -> Result<Self, String> {
        let (collection, partition, id) = (info.collection_id, info.partition_id, info.segment_id);
        let below = format!("{collection}/{partition}/{id}");
        let mut inserts = BTreeMap::new();
        for (field, directory) in numbered(&root.join("insert_log").join(&below)) {
            let target = format!("binlogs/insert_log/{collection}/{partition}/{id}/{id}/{field}");
            inserts.insert(field, logs(&directory, &target)?);
        }
        if info.num_rows > 0 && inserts.is_empty() {
            return Err(format!("backup: get segment segment {id} has no insert logs"));
        }
        let target = format!("binlogs/delta_log/{collection}/{partition}/{id}/{id}");
        let deletes = logs(&root.join("delta_log").join(&below), &target)?;
        Ok(Self { id, collection, partition, rows: info.num_rows, inserts, deletes })
    }

    /// Returns all its logs.
    pub(super) fn logs(&self) -> impl Iterator<Item = &Log> {
        self.inserts.values().flatten().chain(&self.deletes)
    }

    /// Returns the bytes of all its logs.
    pub(super) fn size(&self) -> u64 {
        self.logs().map(|log| log.size).sum()
    }
}

impl Log {
    /// Copies the file below the directory of a backup. Returns the path of the copy.
    pub(super) fn copy(&self, backup: &Path) -> Result<PathBuf, String> {
        let target = backup.join(&self.target);
        let failed = |error: std::io::Error| format!("storage: local copy object copy file {error}");
        if let Some(directory) = target.parent() {
            fs::create_dir_all(directory).map_err(failed)?;
        }
        fs::copy(&self.source, &target).map_err(failed)?;
        Ok(target)
    }
}

fn logs(directory: &Path, target: &str) -> Result<Vec<Log>, String> {
    let log = |(id, source): (i64, PathBuf)| {
        let size = source.metadata().map_err(|error| format!("storage: local head object {error}"))?.len();
        Ok(Log { id, source, size, target: format!("{target}/{id}") })
    };
    numbered(directory).into_iter().map(log).collect()
}

/// Returns the entries of a directory whose names are numbers, in ascending order of these.
fn numbered(directory: &Path) -> BTreeMap<i64, PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).collect()
}
