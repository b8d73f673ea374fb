//! Reads all rows of a collection from the directory of a Milvus that is at rest, and prints how many there are and what
//! they cost: `read_directory DATA_DIR COLLECTION_ID SCHEMA_JSON`.
//!
//! The segments of a directory are only known to its server: after a compaction this program reads rows once that are
//! stored twice.

use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use milvus_backup_core::schema::value_bytes;
use milvus_backup_core::{Result, ScanPosition};
use milvus_backup_segments::{
    FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup, LogStore, SegmentRows, SegmentRowsOptions,
};
use milvus_backup_storage::BufferPool;

/// Reads files below a directory.
#[derive(Debug)]
struct Files {
    root: PathBuf,
    buffers: BufferPool,
}

#[async_trait]
impl LogStore for Files {
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        let (path, buffers) = (self.root.join(&file.path), self.buffers.clone());
        milvus_backup_storage::error::blocking(move || {
            use std::io::{Read, Seek, SeekFrom};

            let read = || {
                let mut opened = fs::File::open(&path)?;
                opened.seek(SeekFrom::Start(range.start))?;
                let mut bytes = buffers.get();
                opened.take(range.end - range.start).read_to_end(&mut bytes)?;
                Ok(buffers.freeze(bytes))
            };
            read().map_err(|source: std::io::Error| milvus_backup_core::Error::Configuration {
                role: "log".to_owned(),
                path: path.display().to_string(),
                source: Box::new(source),
            })
        })
        .await?
    }
}

/// Returns the names in a directory that are numbers, in ascending order.
fn numbers(directory: &Path) -> Vec<i64> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut numbers: Vec<i64> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn log_file(root: &Path, path: String) -> std::io::Result<LogFile> {
    let size_bytes = fs::metadata(root.join(&path))?.len();
    Ok(LogFile { path, size_bytes, version: None })
}

fn segment(root: &Path, path: &str, id: i64) -> std::io::Result<FrozenSegment> {
    let mut segment = FrozenSegment { id, ..FrozenSegment::default() };
    for field in numbers(&root.join(path)) {
        for (place, log) in numbers(&root.join(format!("{path}/{field}"))).into_iter().enumerate() {
            if segment.groups.len() == place {
                segment.groups.push(LogGroup::default());
            }
            segment.groups[place].files.insert(field, log_file(root, format!("{path}/{field}/{log}"))?);
        }
    }
    Ok(segment)
}

fn partition(root: &Path, collection: &str, id: i64) -> std::io::Result<FrozenPartition> {
    let mut found = FrozenPartition { name: id.to_string(), ..FrozenPartition::default() };
    let inserts = format!("insert_log/{collection}/{id}");
    for id in numbers(&root.join(&inserts)) {
        found.segments.push(segment(root, &format!("{inserts}/{id}"), id)?);
    }
    let deletes = format!("delta_log/{collection}/{id}");
    for segment in numbers(&root.join(&deletes)) {
        for log in numbers(&root.join(format!("{deletes}/{segment}"))) {
            found.delete_logs.push(log_file(root, format!("{deletes}/{segment}/{log}"))?);
        }
    }
    Ok(found)
}

#[expect(clippy::disallowed_methods, reason = "the time is measured")]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, collection, schema] = arguments.as_slice() else {
        return Err("usage: read_directory DATA_DIR COLLECTION_ID SCHEMA_JSON".into());
    };
    let root = PathBuf::from(root);
    let partitions = numbers(&root.join(format!("insert_log/{collection}")));
    let partitions =
        partitions.into_iter().map(|id| partition(&root, collection, id)).collect::<std::io::Result<_>>()?;
    let frozen = FrozenSegments { read_point: u64::MAX, partitions, ..FrozenSegments::default() };
    let schema = Arc::new(serde_json::from_slice(&fs::read(schema)?)?);
    let logs = Arc::new(Files { root, buffers: BufferPool::new(9 << 20) });

    let started = std::time::Instant::now();
    let options = SegmentRowsOptions { memory_limit_bytes: 64 << 20, seed: 1 };
    let names: Vec<String> = frozen.partitions.iter().map(|partition| partition.name.clone()).collect();
    let rows = SegmentRows::prepare(schema, Arc::new(frozen), logs, options).await?;
    let prepared = started.elapsed();
    let (mut count, mut bytes) = (0, 0);
    for unit in names.iter().flat_map(|name| rows.units(name)) {
        let mut batches = rows.read(&unit, &ScanPosition::Start, 4 << 20);
        while let Some(batch) = batches.try_next().await? {
            count += batch.num_rows();
            bytes += value_bytes(&batch);
        }
    }
    println!("{count} rows, {bytes} bytes, keys {prepared:?}, all {:?}", started.elapsed());
    Ok(())
}
