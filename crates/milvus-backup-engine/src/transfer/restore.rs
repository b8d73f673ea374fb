//! The transfer of a restore: row groups of chunk files are decoded ahead of their inserts, or whole files are imported by
//! Milvus.
//!
//! Must always hold: if digests are checked, no row is inserted unless its row group has the recorded digest, and no file is
//! imported unless it has its digest.

use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::stream::{BoxStream, FuturesUnordered};
use futures::{StreamExt, TryFutureExt, TryStreamExt};
use milvus_backup_core::schema::value_bytes;
use milvus_backup_core::{
    ChunkFiles, ChunkMetadata, ChunkRows, Error, PartitionMetadata, Progress, ProgressEvent, RestoreMethod,
    RestorePlan, RestoredPartition, Result, RowSink,
};
use tokio::sync::Semaphore;

/// Inserts the rows of every partition of the plan, and returns the outcome of each.
pub(crate) async fn restore_rows(
    files: Arc<dyn ChunkFiles>,
    sink: &dyn RowSink,
    plan: &RestorePlan,
    progress: Arc<dyn Progress>,
) -> Result<Vec<RestoredPartition>> {
    let side_by_side = side_by_side(plan);
    let turns = Semaphore::new(plan.concurrency.clamp(1, Semaphore::MAX_PERMITS));
    let restore = RestoreTransfer { files, sink, plan, progress, side_by_side, turns };
    let outcomes = chosen(plan).enumerate().map(|(number, partition)| {
        let outcome = restore.outcome(partition);
        outcome.map_ok(move |restored| (number, restored))
    });
    let outcomes: Vec<_> = outcomes.collect();
    let mut restored: Vec<_> = futures::stream::iter(outcomes).buffer_unordered(side_by_side).try_collect().await?;
    restored.sort_by_key(|(number, _)| *number);
    Ok(restored.into_iter().map(|(_, partition)| partition).collect())
}

/// The partitions to restore.
fn chosen(plan: &RestorePlan) -> impl Iterator<Item = &PartitionMetadata> {
    plan.backup.manifest.partitions.iter().filter(|partition| plan.partitions.contains(&partition.name))
}

/// Restores small partitions concurrently, within half of the memory limit: a small one may be a single insert.
fn side_by_side(plan: &RestorePlan) -> usize {
    let largest = match plan.method {
        RestoreMethod::Import => 1,
        _ if plan.flush_between_partitions => return 1,
        _ => chosen(plan).map(being_decoded).max().unwrap_or(1),
    };
    let fitting = usize::try_from(plan.memory_limit_bytes / 2 / largest).unwrap_or(usize::MAX);
    fitting.clamp(1, plan.concurrency.max(1))
}

struct RestoreTransfer<'a> {
    files: Arc<dyn ChunkFiles>,
    sink: &'a dyn RowSink,
    plan: &'a RestorePlan,
    progress: Arc<dyn Progress>,
    /// Number of partitions that are restored concurrently.
    side_by_side: usize,
    /// One permit for each concurrent insert or import.
    turns: Semaphore,
}

impl RestoreTransfer<'_> {
    /// Restores a partition and returns the outcome. An error ends the restore.
    async fn outcome(&self, partition: &PartitionMetadata) -> Result<RestoredPartition> {
        let (rows, failure) = match self.partition(partition).await {
            Ok(rows) => (rows, None),
            Err(error) if self.plan.skip_failed_partitions => (0, Some(error)),
            Err(error) => return Err(error),
        };
        Ok(RestoredPartition { name: partition.name.clone(), rows, failure })
    }

    async fn partition(&self, partition: &PartitionMetadata) -> Result<u64> {
        let rows = match self.plan.method {
            RestoreMethod::Import => self.import_all(partition).await?,
            _ => self.insert_all(partition).await?,
        };
        self.progress.event(ProgressEvent::PartitionFinished { partition: partition.name.clone(), rows });
        Ok(rows)
    }

    async fn insert_all(&self, partition: &PartitionMetadata) -> Result<u64> {
        if self.plan.flush_between_partitions && partition.row_count > 0 {
            self.sink.flush(&self.plan.target).await?;
        }
        self.batches(partition)
            .map_ok(|batch| self.insert(partition, batch))
            .try_buffer_unordered(self.inserts_in_flight(partition))
            .try_fold(0, |sum, rows| async move { Ok(sum + rows) })
            .await
    }

    /// Lets Milvus read the files of a partition.
    async fn import_all(&self, partition: &PartitionMetadata) -> Result<u64> {
        let imports: FuturesUnordered<_> = partition.chunks.iter().map(|chunk| self.import(partition, chunk)).collect();
        imports.try_fold(0, |sum, rows| async move { Ok(sum + rows) }).await
    }

    async fn import(&self, partition: &PartitionMetadata, chunk: &ChunkMetadata) -> Result<u64> {
        let _turn = self.turns.acquire().await;
        if self.plan.verify_checksums {
            self.files.require_digest(chunk).await?;
        }
        let file = self.files.path_for_import(chunk)?;
        let rows = self.sink.import_file(&self.plan.target, self.addressed(partition), &file).await?;
        if rows != chunk.row_count {
            let (file, recorded) = (&chunk.path, chunk.row_count);
            return Err(Error::Protocol { message: format!("{rows} rows of `{file}` were imported, of {recorded}") });
        }
        let bytes = chunk.uncompressed_size_bytes;
        self.progress.event(ProgressEvent::Advanced { partition: partition.name.clone(), rows, bytes });
        Ok(rows)
    }

    /// Returns the partition as it is named in calls; `None` if rows are distributed by a partition key.
    fn addressed<'p>(&self, partition: &'p PartitionMetadata) -> Option<&'p str> {
        (!self.plan.schema.has_partition_key()).then_some(partition.name.as_str())
    }

    /// Returns the rows of a partition, whose row groups are decoded one ahead.
    fn batches<'p>(&self, partition: &'p PartitionMetadata) -> BoxStream<'p, Result<RecordBatch>> {
        let files = Arc::clone(&self.files);
        futures::stream::iter(&partition.chunks)
            .then(move |chunk| {
                let files = Arc::clone(&files);
                async move { files.open(chunk).await }
            })
            .map_ok(|reader| {
                let reader: Arc<dyn ChunkRows> = reader.into();
                let groups = 0..reader.row_groups();
                futures::stream::iter(groups).map(move |group| {
                    let reader = Arc::clone(&reader);
                    Ok(async move { reader.read(group).await })
                })
            })
            .try_flatten()
            .try_buffered(2)
            .map_ok(|batches| futures::stream::iter(batches).map(Ok))
            .try_flatten()
            .boxed()
    }

    async fn insert(&self, partition: &PartitionMetadata, batch: RecordBatch) -> Result<u64> {
        let batch = self.without_omitted(&batch)?;
        let bytes = value_bytes(&batch) as u64;
        let (target, schema) = (&self.plan.target, &self.plan.schema);
        let _turn = self.turns.acquire().await;
        let rows = self.sink.insert(target, schema, self.addressed(partition), batch).await?;
        self.progress.event(ProgressEvent::Advanced { partition: partition.name.clone(), rows, bytes });
        Ok(rows)
    }

    /// Returns the batch without the columns that are not inserted.
    fn without_omitted(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let omitted = &self.plan.omit_columns;
        let fields = batch.schema_ref().fields().iter().enumerate();
        let kept: Vec<usize> =
            fields.filter(|(_, field)| !omitted.contains(field.name())).map(|(index, _)| index).collect();
        batch
            .project(&kept)
            .map_err(|source| Error::Encoding { action: "leave out columns".to_owned(), source: Box::new(source) })
    }

    /// Returns the number of concurrent inserts of a partition within its share of the memory limit. Each holds its batch
    /// twice, as columns and as message.
    fn inserts_in_flight(&self, partition: &PartitionMetadata) -> usize {
        let group_bytes = row_group_bytes(partition);
        let share = self.plan.memory_limit_bytes / self.side_by_side as u64;
        let left = share.saturating_sub(being_decoded(partition));
        let fitting = (left / (group_bytes.min(self.files.batch_bytes()) * 2)).max(1);
        usize::try_from(fitting).unwrap_or(usize::MAX).min(self.plan.concurrency.max(1))
    }
}

/// Returns the bytes of the row groups of a partition that are in memory: three are being read, decoded and inserted.
fn being_decoded(partition: &PartitionMetadata) -> u64 {
    row_group_bytes(partition) * 6
}

/// Returns the mean size of a row group of the partition in bytes.
fn row_group_bytes(partition: &PartitionMetadata) -> u64 {
    let bytes: u64 = partition.chunks.iter().map(|chunk| chunk.uncompressed_size_bytes).sum();
    let groups: usize = partition.chunks.iter().map(|chunk| chunk.row_group_digests.len()).sum();
    (bytes / (groups.max(1) as u64)).max(1)
}
