//! The segments of a collection in the directory of a Milvus that is at rest, and the reading of their files.
//!
//! Only the server knows which segments of a directory are its own: after a compaction, rows are stored twice there.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_core::{Error, Result};
use milvus_backup_segments::{FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup, LogStore};
use milvus_backup_storage::BufferPool;

/// The size of the buffers for reading.
const BUFFER: usize = 9 << 20;

/// The directory of a Milvus.
#[derive(Debug)]
pub(crate) struct MilvusDirectory {
    root: PathBuf,
    buffers: BufferPool,
}

#[async_trait]
impl LogStore for MilvusDirectory {
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        let (path, buffers) = (self.root.join(&file.path), self.buffers.clone());
        milvus_backup_storage::error::blocking(move || {
            let read = || {
                let mut opened = fs::File::open(&path)?;
                opened.seek(SeekFrom::Start(range.start))?;
                let mut bytes = buffers.get();
                opened.take(range.end - range.start).read_to_end(&mut bytes)?;
                Ok(buffers.freeze(bytes))
            };
            read().map_err(|source: io::Error| Error::Storage {
                action: "read".to_owned(),
                path: path.display().to_string(),
                permission: false,
                retryable: false,
                source: Box::new(source),
            })
        })
        .await?
    }
}

impl MilvusDirectory {
    /// Returns the directory of a Milvus, below which are `insert_log` and `delta_log`.
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), buffers: BufferPool::new(BUFFER) }
    }

    /// Returns all segments of a collection, with all their rows. The partitions are named by their ids.
    ///
    /// # Errors
    /// If a file cannot be examined.
    pub(crate) fn segments(&self, collection: i64) -> io::Result<FrozenSegments> {
        let partitions = numbers(&self.root.join(format!("insert_log/{collection}")));
        let partitions = partitions.into_iter().map(|id| self.partition(collection, id)).collect::<io::Result<_>>()?;
        Ok(FrozenSegments { read_point: u64::MAX, partitions, ..FrozenSegments::default() })
    }

    fn partition(&self, collection: i64, id: i64) -> io::Result<FrozenPartition> {
        let mut found = FrozenPartition { name: id.to_string(), ..FrozenPartition::default() };
        let inserts = format!("insert_log/{collection}/{id}");
        for id in numbers(&self.root.join(&inserts)) {
            found.segments.push(self.segment(&format!("{inserts}/{id}"), id)?);
        }
        let deletes = format!("delta_log/{collection}/{id}");
        for segment in numbers(&self.root.join(&deletes)) {
            for log in numbers(&self.root.join(format!("{deletes}/{segment}"))) {
                found.delete_logs.push(self.file(format!("{deletes}/{segment}/{log}"))?);
            }
        }
        Ok(found)
    }

    fn segment(&self, path: &str, id: i64) -> io::Result<FrozenSegment> {
        let mut segment = FrozenSegment { id, ..FrozenSegment::default() };
        for field in numbers(&self.root.join(path)) {
            for (place, log) in numbers(&self.root.join(format!("{path}/{field}"))).into_iter().enumerate() {
                if segment.groups.len() == place {
                    segment.groups.push(LogGroup::default());
                }
                segment.groups[place].files.insert(field, self.file(format!("{path}/{field}/{log}"))?);
            }
        }
        Ok(segment)
    }

    fn file(&self, path: String) -> io::Result<LogFile> {
        let size_bytes = fs::metadata(self.root.join(&path))?.len();
        Ok(LogFile { path, size_bytes, version: None })
    }
}

/// Returns the names in a directory that are numbers, in ascending order.
fn numbers(directory: &Path) -> Vec<i64> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut numbers: Vec<i64> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}
