//! The comparison of the rows of a collection with the digests in a backup.

use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    CollectionName, PartitionMetadata, Result, RowSource, ScanOptions, ScanPosition, ScanSession, ScanTarget,
    StoredBackup, spawn_compute,
};
use milvus_backup_integrity::RowDigest;

use super::scans::OpenScans;

/// Size of one batch in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Number of batches that are hashed concurrently.
const HASHERS: usize = 2;

/// The rows of one partition, as recorded in a backup and as stored in a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowComparison {
    /// The name of the partition.
    pub partition: String,
    /// Number of rows in the backup.
    pub recorded_rows: u64,
    /// Number of rows in the collection.
    pub found_rows: u64,
    /// Order-independent digest of the rows in the backup.
    pub recorded_digest: String,
    /// Digest of the rows in the collection.
    pub found_digest: String,
}

impl RowComparison {
    /// Returns whether the rows are identical, bit by bit.
    pub fn is_equal(&self) -> bool {
        self.recorded_rows == self.found_rows && self.recorded_digest == self.found_digest
    }
}

/// Reads the rows of every partition, and computes their digests in the same way as when the backup was written.
///
/// The scan is closed at the end. One that is dropped midway is left to the source.
pub async fn compare_rows(
    source: &dyn RowSource,
    backup: &StoredBackup,
    schema: &CollectionSchema,
    collection: &CollectionName,
) -> Result<Vec<RowComparison>> {
    compare_rows_in(&OpenScans::default(), source, backup, schema, collection).await
}

/// Compares the rows like [`compare_rows`]. When it is dropped midway, its session is left in `scans`.
pub(super) async fn compare_rows_in(
    scans: &OpenScans,
    source: &dyn RowSource,
    backup: &StoredBackup,
    schema: &CollectionSchema,
    collection: &CollectionName,
) -> Result<Vec<RowComparison>> {
    let session = source.open(collection, schema, ScanOptions::default()).await?;
    scans.add(&session);
    let compared = compare_with(session.as_ref(), backup).await;
    let closed = scans.close().await;
    let comparisons = compared?;
    closed?;
    Ok(comparisons)
}

async fn compare_with(session: &dyn ScanSession, backup: &StoredBackup) -> Result<Vec<RowComparison>> {
    let mut comparisons = Vec::new();
    for partition in &backup.manifest.partitions {
        let found = digest_rows(session, partition).await?;
        comparisons.push(RowComparison {
            partition: partition.name.clone(),
            recorded_rows: partition.row_count,
            found_rows: found.rows(),
            recorded_digest: partition.row_digest.clone().unwrap_or_default(),
            found_digest: found.to_hex(),
        });
    }
    Ok(comparisons)
}

/// Reads the rows of a partition, and computes their digest.
pub(super) async fn digest_rows(session: &dyn ScanSession, partition: &PartitionMetadata) -> Result<RowDigest> {
    let target = ScanTarget { partition: partition.name.clone(), rows: partition.row_count, parts: 1 };
    let units = session.plan(&[target]).await?;
    let batches: Vec<_> = units.iter().map(|unit| session.read(unit, &ScanPosition::Start, BATCH_BYTES)).collect();
    let digests = futures::stream::iter(batches)
        .flatten()
        .map_ok(|batch| async move {
            spawn_compute(move || {
                let mut digest = RowDigest::default();
                digest.update(&batch)?;
                Ok(digest)
            })
            .await
        })
        .try_buffer_unordered(HASHERS);
    digests
        .try_fold(RowDigest::default(), |mut sum, digest| async move {
            sum.merge(&digest);
            Ok(sum)
        })
        .await
}
