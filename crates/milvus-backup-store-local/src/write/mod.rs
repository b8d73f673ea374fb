//! Writing a backup: partitions side by side, each a stream of batches through encoder, hasher and upload.
//!
//! Must always hold: every byte is hashed as it is handed to the store and never read back, and the memory in use
//! is bounded by the limit of the plan whatever the size of the collection.

mod chunk;
mod encoder;
pub(crate) mod journal;
mod partition;
mod properties;

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{
    BackupPlan, ChunkMetadata, Error, FailedPartition, Milvus, PartitionMetadata, Progress, ProgressEvent, Result,
};

use crate::commit::Pending;
use crate::error::lost_task;
use crate::layout::DATA;
use crate::objects::Directory;
use crate::store::LocalStore;
use encoder::Encoder;
pub(crate) use encoder::value_bytes;
use partition::PartitionWriter;

/// Bytes of one page to ask for. Larger pages are not faster.
const PAGE_BYTES: usize = 6 << 20;

/// Memory below which a worker cannot work: the parts of its upload alone take 24 MiB.
const MIN_SHARE: usize = 64 << 20;

/// Limits that follow from the memory a backup may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Partitions that are read at the same time.
    pub(crate) workers: usize,
    /// Bytes of one page.
    pub(crate) page_bytes: usize,
    /// Bytes of column values in one row group.
    pub(crate) row_group_bytes: usize,
}

impl Budget {
    /// Splits the memory between workers. One worker holds a row group being encoded, its encoded form on the way
    /// to the store, and a few pages, each of them as message and as columns.
    fn new(plan: &BackupPlan) -> Self {
        let memory = usize::try_from(plan.memory_limit_bytes).unwrap_or(usize::MAX);
        let workers = plan.concurrency.min(plan.partitions.len()).min(memory / MIN_SHARE).max(1);
        let share = memory / workers;
        // A file is closed after a page: one that is larger than a file would make the file as large.
        let chunk_bytes = usize::try_from(plan.chunk_size_bytes).unwrap_or(usize::MAX);
        Self {
            workers,
            page_bytes: (share / 16).min(chunk_bytes).clamp(256 << 10, PAGE_BYTES),
            row_group_bytes: (share / 8).min(chunk_bytes).clamp(1 << 20, 32 << 20),
        }
    }
}

/// Bytes that these rows would take in a file of their own.
pub(crate) async fn encoded_bytes(plan: BackupPlan, rows: RecordBatch) -> Result<u64> {
    let encode = move || {
        let mut encoder = Encoder::new(&plan, &rows, usize::MAX)?;
        let first = encoder.write(&rows)?.len();
        let (last, _) = encoder.finish()?;
        Ok((first + last.len()) as u64)
    };
    tokio::task::spawn_blocking(encode).await.map_err(lost_task)?
}

/// Writes the data files of a plan. Nothing is visible before the commit of what this returns.
pub(crate) async fn write_backup(
    store: &LocalStore,
    milvus: Arc<dyn Milvus>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
) -> Result<Pending> {
    crate::leftovers::note_owner(&store.backup(&plan.collection, &plan.backup_id), Some(&plan)).await?;
    let nothing = plan.partitions.iter().map(|_| Vec::new()).collect();
    write_rest(store, milvus, plan, progress, nothing).await
}

/// Writes the data files of a plan that are not complete yet.
pub(crate) async fn resume_backup(
    store: &LocalStore,
    milvus: Arc<dyn Milvus>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
) -> Result<Pending> {
    let directory = store.backup(&plan.collection, &plan.backup_id);
    crate::leftovers::note_owner(&directory, Some(&plan)).await?;
    store.remove_temporary_files(&directory);
    let mut completed = Vec::with_capacity(plan.partitions.len());
    for partition in &plan.partitions {
        let chunks = journal::completed_chunks(&directory, &plan, partition).await?;
        for chunk in &chunks {
            progress.event(ProgressEvent::Advanced {
                partition: partition.name.clone(),
                rows: chunk.row_count,
                bytes: chunk.uncompressed_size_bytes,
            });
        }
        completed.push(chunks);
    }
    let kept = completed.iter().flatten().map(|chunk| chunk.path.as_str()).collect();
    remove_data_except(&directory, &kept).await?;
    write_rest(store, milvus, plan, progress, completed).await
}

/// Writes what comes after the chunks that are complete, of which there is one list for each partition.
async fn write_rest(
    store: &LocalStore,
    milvus: Arc<dyn Milvus>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
    completed: Vec<Vec<ChunkMetadata>>,
) -> Result<Pending> {
    let directory = store.backup(&plan.collection, &plan.backup_id);
    let plan = Arc::new(plan);
    let budget = Budget::new(&plan);
    let written: Vec<Written> = futures::stream::iter(completed.into_iter().enumerate())
        .map(|(index, completed)| {
            let writer = PartitionWriter {
                directory: directory.clone(),
                plan: Arc::clone(&plan),
                partition: plan.partitions[index].clone(),
                budget,
                retries: store.root.retries,
                progress: Arc::clone(&progress),
            };
            write_partition(writer, milvus.as_ref(), completed)
        })
        .buffered(budget.workers)
        .try_collect()
        .await?;
    pending(store, directory, plan, written).await
}

/// A partition, or its name and why it failed.
type Written = std::result::Result<PartitionMetadata, (String, Error)>;

/// # Errors
/// That of the partition, unless the plan says to go on without it.
async fn write_partition(
    writer: PartitionWriter,
    milvus: &dyn Milvus,
    completed: Vec<ChunkMetadata>,
) -> Result<Written> {
    let (name, skip) = (writer.partition.name.clone(), writer.plan.skip_failed_partitions);
    match writer.write(milvus, completed).await {
        Ok(partition) => Ok(Ok(partition)),
        Err(error) if skip => Ok(Err((name, error))),
        Err(error) => Err(error),
    }
}

/// What is to be committed. Files of partitions that failed halfway are removed.
///
/// # Errors
/// That of the first partition, when all of them failed.
async fn pending(
    store: &LocalStore,
    directory: Directory,
    plan: Arc<BackupPlan>,
    written: Vec<Written>,
) -> Result<Pending> {
    let (mut partitions, mut failed) = (Vec::new(), Vec::new());
    for outcome in written {
        match outcome {
            Ok(partition) => partitions.push(partition),
            Err(failure) => failed.push(failure),
        }
    }
    if partitions.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).1);
    }
    if !failed.is_empty() {
        let kept = partitions.iter().flat_map(|p| &p.chunks).map(|chunk| chunk.path.as_str()).collect();
        remove_data_except(&directory, &kept).await?;
    }
    let failed =
        failed.into_iter().map(|(name, error)| FailedPartition { name, error: error.full_message() }).collect();
    Ok(Pending { store: store.clone(), directory, plan, partitions, failed })
}

/// Removes the data files that are not among those to keep.
async fn remove_data_except(directory: &Directory, kept: &HashSet<&str>) -> Result<()> {
    let files = directory.list().await?.into_iter().map(|(file, _)| file);
    let others = files.filter(|file| file.starts_with(DATA) && !kept.contains(file.as_str()));
    directory.delete(others.collect::<Vec<_>>()).await
}
