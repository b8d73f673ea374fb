//! Writing a backup: partitions side by side, each a stream of batches through encoder, hasher and upload.
//!
//! Must always hold: every byte is hashed as it is handed to the store and never read back, and the memory in use
//! is bounded by the limit of the plan whatever the size of the collection.

mod chunk;
mod encoder;
mod partition;
mod properties;

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{BackupPlan, Error, FailedPartition, Milvus, PartitionMetadata, Progress, Result};

use crate::commit::Pending;
use crate::layout::DATA;
use crate::objects::Directory;
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

/// Writes the data files of a plan. Nothing is visible before the commit of what this returns.
pub(crate) async fn write_backup(
    directory: Directory,
    milvus: Arc<dyn Milvus>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
) -> Result<Pending> {
    crate::leftovers::note_owner(&directory).await?;
    let plan = Arc::new(plan);
    let budget = Budget::new(&plan);
    let written: Vec<Written> = futures::stream::iter(0..plan.partitions.len())
        .map(|index| {
            let writer = PartitionWriter {
                directory: directory.clone(),
                plan: Arc::clone(&plan),
                partition: plan.partitions[index].clone(),
                budget,
                progress: Arc::clone(&progress),
            };
            write_partition(writer, milvus.as_ref())
        })
        .buffered(budget.workers)
        .try_collect()
        .await?;
    pending(directory, plan, written).await
}

/// A partition, or its name and why it failed.
type Written = std::result::Result<PartitionMetadata, (String, Error)>;

/// # Errors
/// That of the partition, unless the plan says to go on without it.
async fn write_partition(writer: PartitionWriter, milvus: &dyn Milvus) -> Result<Written> {
    let (name, skip) = (writer.partition.name.clone(), writer.plan.skip_failed_partitions);
    match writer.write(milvus).await {
        Ok(partition) => Ok(Ok(partition)),
        Err(error) if skip => Ok(Err((name, error))),
        Err(error) => Err(error),
    }
}

/// What is to be committed. Files of partitions that failed halfway are removed.
///
/// # Errors
/// That of the first partition, when all of them failed.
async fn pending(directory: Directory, plan: Arc<BackupPlan>, written: Vec<Written>) -> Result<Pending> {
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
        let kept: Vec<&str> = partitions.iter().flat_map(|p| &p.chunks).map(|chunk| chunk.path.as_str()).collect();
        let files = directory.list().await?.into_iter().map(|(file, _)| file);
        let halves = files.filter(|file| file.starts_with(DATA) && !kept.contains(&file.as_str()));
        directory.delete(halves.collect::<Vec<_>>()).await?;
    }
    let failed =
        failed.into_iter().map(|(name, error)| FailedPartition { name, error: error.full_message() }).collect();
    Ok(Pending { directory, plan, partitions, failed })
}
