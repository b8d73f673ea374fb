//! Reads a collection into memory, waits for a line, and inserts it into a new collection: the speed that a restore can
//! at most have.
//!
//! `cargo run --release --example insert -- URI COLLECTION TARGET INSERTS_AT_ONCE`

use std::error::Error;

use futures::{StreamExt, TryStreamExt};
use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_core::{Catalog, CollectionName, RowSink, RowSource, ScanOptions, ScanPosition, ScanTarget};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [uri, collection, target, at_once] = arguments.as_slice() else {
        return Err("usage: insert URI COLLECTION TARGET INSERTS_AT_ONCE".into());
    };
    let (collection, target): (CollectionName, CollectionName) = (collection.parse()?, target.parse()?);
    let milvus = MilvusConnection::connect(ConnectionOptions::new(uri)).await?;
    let description = milvus.describe_collection(&collection).await?;
    let schema = description.schema;
    let session = milvus.open(&collection, &schema, ScanOptions::default()).await?;
    let targets = description.partitions.into_iter().map(|partition| ScanTarget { partition, rows: 0, parts: 1 });
    let units = session.plan(&targets.collect::<Vec<_>>()).await?;
    let pages = units.iter().map(|unit| session.read(unit, &ScanPosition::Start, 16 << 20));
    let batches: Vec<_> = futures::stream::iter(pages).flatten().try_collect().await?;
    println!("ready");
    std::io::stdin().read_line(&mut String::new())?;
    milvus.create_collection(&target, &schema).await?;
    let inserts = batches.into_iter().map(|batch| milvus.insert(&target, &schema, None, batch));
    let rows: Vec<u64> = futures::stream::iter(inserts).buffer_unordered(at_once.parse()?).try_collect().await?;
    milvus.flush(&target).await?;
    for index in &description.indexes {
        milvus.create_index(&target, index).await?;
    }
    println!("{}", rows.iter().sum::<u64>());
    Ok(())
}
