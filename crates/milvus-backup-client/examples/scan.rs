//! Reads every row of a collection and drops it: the speed that a backup can at most have.
//!
//! `cargo run --release --example scan -- URI COLLECTION RANGES`

use std::error::Error;

use futures::{StreamExt, TryStreamExt};
use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_core::{Catalog, KeyRange, RowSource, ScanRequest};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [uri, collection, ranges] = arguments.as_slice() else {
        return Err("usage: scan URI COLLECTION RANGES".into());
    };
    let (collection, ranges) = (collection.parse()?, ranges.parse()?);
    let milvus = MilvusConnection::connect(ConnectionOptions::new(uri)).await?;
    let schema = milvus.describe_collection(&collection).await?.schema;
    let read_point = milvus.read_point(&collection).await?;
    let rows = milvus.count_rows(&collection, &schema, None, read_point).await?;
    let keys = milvus.split_keys(&collection, &schema, None, rows, ranges).await?;
    let scans = KeyRange::between(&keys).into_iter().map(|range| {
        milvus.scan(ScanRequest {
            collection: collection.clone(),
            schema: schema.clone(),
            partition: None,
            range,
            read_point,
            batch_bytes: 6 << 20,
        })
    });
    let counts = futures::stream::iter(scans)
        .map(|scan| scan.try_fold(0, |rows, batch| async move { Ok(rows + batch.num_rows()) }))
        .buffer_unordered(ranges)
        .try_collect::<Vec<usize>>()
        .await?;
    println!("{}", counts.iter().sum::<usize>());
    Ok(())
}
