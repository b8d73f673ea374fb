//! Reads all rows of a collection from the directory of a Milvus that is at rest, and prints how many there are and what
//! they cost: `read_directory DATA_DIR COLLECTION_ID SCHEMA_JSON`.

#[path = "../tests/it/directory.rs"]
mod directory;

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use directory::MilvusDirectory;
use futures::TryStreamExt;
use milvus_backup_core::ScanPosition;
use milvus_backup_core::schema::value_bytes;
use milvus_backup_segments::{SegmentRows, SegmentRowsOptions};

#[expect(clippy::disallowed_methods, reason = "the time is measured")]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, collection, schema] = arguments.as_slice() else {
        return Err("usage: read_directory DATA_DIR COLLECTION_ID SCHEMA_JSON".into());
    };
    let logs = MilvusDirectory::new(root);
    let frozen = logs.segments(collection.parse()?)?;
    let schema = Arc::new(serde_json::from_slice(&std::fs::read(schema)?)?);
    let partitions: Vec<String> = frozen.partitions.iter().map(|partition| partition.name.clone()).collect();

    let started = Instant::now();
    let options = SegmentRowsOptions { memory_limit_bytes: 64 << 20, seed: 1 };
    let rows = SegmentRows::prepare(schema, Arc::new(frozen), Arc::new(logs), options).await?;
    let prepared = started.elapsed();
    let (mut count, mut bytes) = (0, 0);
    for unit in partitions.iter().flat_map(|name| rows.units(name)) {
        let mut batches = rows.read(&unit, &ScanPosition::Start, 4 << 20);
        while let Some(batch) = batches.try_next().await? {
            count += batch.num_rows();
            bytes += value_bytes(&batch);
        }
    }
    println!("{count} rows, {bytes} bytes, keys {prepared:?}, all {:?}", started.elapsed());
    Ok(())
}
