//! Reads every row of a collection and drops it: the speed that a backup can at most have.
//!
//! `cargo run --release --example scan -- URI COLLECTION RANGES`

use std::error::Error;

use futures::{StreamExt, TryStreamExt};
use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_core::{Catalog, RowSource, ScanOptions, ScanPosition, ScanTarget};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [uri, collection, ranges] = arguments.as_slice() else {
        return Err("usage: scan URI COLLECTION RANGES".into());
    };
    let (collection, ranges) = (collection.parse()?, ranges.parse()?);
    let milvus = MilvusConnection::connect(ConnectionOptions::new(uri)).await?;
    let description = milvus.describe_collection(&collection).await?;
    let session = milvus.open(&collection, &description.schema, ScanOptions::default()).await?;
    let mut targets = Vec::new();
    for partition in description.partitions {
        let rows = session.count_rows(&partition).await?;
        targets.push(ScanTarget { partition, rows, parts: ranges });
    }
    let mut units = session.plan(&targets).await?;
    while units.len() < ranges
        && let Some((number, (first, second))) = units
            .iter()
            .enumerate()
            .filter_map(|(number, unit)| Some((number, session.split(unit, &ScanPosition::Start)?)))
            .max_by_key(|(_, (_, second))| second.estimated_rows())
    {
        units[number] = first;
        units.push(second);
    }
    let scans = units.iter().map(|unit| session.read(unit, &ScanPosition::Start, 6 << 20));
    let counts = futures::stream::iter(scans)
        .map(|scan| scan.try_fold(0, |rows, batch| async move { Ok(rows + batch.num_rows()) }))
        .buffer_unordered(ranges)
        .try_collect::<Vec<usize>>()
        .await?;
    println!("{}", counts.iter().sum::<usize>());
    Ok(())
}
