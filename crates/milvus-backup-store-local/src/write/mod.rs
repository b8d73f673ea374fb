//! Writing a backup: ranges of partitions side by side, each a stream of batches through encoder, hasher and upload.
//!
//! Must always hold: every byte is hashed as it is handed to the store and never read back, and the memory in use
//! is bounded by the limit of the plan whatever the size of the collection.

mod assembly;
mod chunk;
mod columns;
mod encoder;
mod parts;
mod properties;
mod range;
mod ranges;
mod row_traits;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use arrow_array::RecordBatch;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{
    BackupPlan, Error, FailedPartition, PartitionMetadata, PartitionPlan, Progress, ProgressEvent, Result, RowSource,
    spawn_compute,
};

use assembly::Assembly;
use encoder::Encoder;
pub(crate) use encoder::value_bytes;
use milvus_backup_repository::layout::DATA;
use milvus_backup_repository::{CompletedChunks, PendingCommit, RepositoryHandle};
use milvus_backup_storage::Directory;
use parts::PartBuffers;
use range::RangeWriter;
use ranges::{Range, Ranges};

/// Bytes of one page to ask for. Larger pages are not faster.
const PAGE_BYTES: usize = 6 << 20;

/// Memory below which a worker cannot work: the parts of an upload alone take 24 MiB.
const MIN_SHARE: usize = 64 << 20;

/// Limits that follow from the memory a backup may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Ranges that are read at the same time.
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
        let ranges: usize = plan.partitions.iter().map(|partition| partition.split_keys.len() + 1).sum();
        let workers = plan.concurrency.min(ranges).min(memory / MIN_SHARE).max(1);
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
        let mut encoder = Encoder::new(&plan, &rows, usize::MAX, PartBuffers::of_files())?;
        let first = encoder.write(&rows)?;
        let (last, _) = encoder.finish()?;
        Ok(first.iter().chain(&last).map(|part| part.len() as u64).sum())
    };
    spawn_compute(encode).await
}

/// Writes the data files of a plan. Nothing is visible before the commit of what this returns.
pub(crate) async fn write_backup(
    store: &RepositoryHandle,
    source: Arc<dyn RowSource>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
) -> Result<PendingCommit> {
    store.note_plan(&plan).await?;
    let nothing = plan.partitions.iter().map(|_| CompletedChunks::nothing()).collect();
    write_rest(store, source, plan, progress, nothing).await
}

/// Writes the data files of a plan that are not complete yet.
pub(crate) async fn resume_backup(
    store: &RepositoryHandle,
    source: Arc<dyn RowSource>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
) -> Result<PendingCommit> {
    let directory = store.backup(&plan.collection, &plan.backup_id);
    store.storage().refuse_links(directory.path()).await?;
    store.note_plan(&plan).await?;
    store.remove_temporary_files(&directory);
    let files = directory.list().await?;
    let mut completed = Vec::with_capacity(plan.partitions.len());
    for partition in &plan.partitions {
        let found = CompletedChunks::find(&directory, &files, &plan, partition).await?;
        for chunk in &found.chunks {
            progress.event(ProgressEvent::Advanced {
                partition: partition.name.clone(),
                rows: chunk.row_count,
                bytes: chunk.uncompressed_size_bytes,
            });
        }
        completed.push(found);
    }
    let kept = completed.iter().flat_map(|completed| &completed.chunks).map(|chunk| chunk.path.as_str()).collect();
    remove_data_except(&directory, &kept).await?;
    write_rest(store, source, plan, progress, completed).await
}

/// Writes what is missing of each partition.
async fn write_rest(
    store: &RepositoryHandle,
    source: Arc<dyn RowSource>,
    plan: BackupPlan,
    progress: Arc<dyn Progress>,
    completed: Vec<CompletedChunks>,
) -> Result<PendingCommit> {
    let plan = Arc::new(plan);
    let primary_key = plan.description.schema.primary_key()?;
    let budget = Budget::new(&plan);
    let writers = writers(store, &plan, budget, &progress, &completed);
    let (mut assemblies, mut missing, mut split_keys) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (partition, completed)) in plan.partitions.iter().zip(completed).enumerate() {
        let keys = partition.split_keys.iter().map(|key| PrimaryKey::from_text(key, primary_key));
        split_keys.push(keys.collect::<Result<Vec<_>>>()?);
        missing.extend(completed.missing.into_iter().map(|(after, up_to)| Range::new(index, after, up_to)));
        assemblies.push(Assembly::new(&partition.name, completed.chunks));
    }
    let source = source.as_ref();
    let mut ranges = Ranges::new(split_keys, missing);
    let mut writing = FuturesUnordered::new();
    loop {
        while writing.len() < budget.workers
            && let Some(range) = ranges.next()
        {
            let writer = &writers[range.partition];
            writing.push(async move { (Arc::clone(&range), writer.write(source, range).await) });
        }
        let Some((range, outcome)) = writing.next().await else { break };
        let is_last = ranges.done(&range);
        match outcome {
            Err(error) if !plan.skip_failed_partitions => return Err(error),
            outcome => assemblies[range.partition].add(outcome, is_last, progress.as_ref()),
        }
    }
    drop(writing);
    let written = assemblies.into_iter().map(|assembly| assembly.finish(primary_key)).collect::<Result<Vec<_>>>()?;
    pending(store, store.backup(&plan.collection, &plan.backup_id), Arc::clone(&plan), written).await
}

/// Who writes the ranges of each partition.
fn writers(
    store: &RepositoryHandle,
    plan: &Arc<BackupPlan>,
    budget: Budget,
    progress: &Arc<dyn Progress>,
    completed: &[CompletedChunks],
) -> Vec<RangeWriter> {
    let buffers = match store.storage().local_root() {
        Some(_) => PartBuffers::of_files(),
        None => PartBuffers::of_objects(),
    };
    let writer = |(partition, completed): (&PartitionPlan, &CompletedChunks)| RangeWriter {
        directory: store.backup(&plan.collection, &plan.backup_id),
        plan: Arc::clone(plan),
        partition: partition.clone(),
        next_file: AtomicUsize::new(completed.next_file),
        budget,
        buffers: buffers.clone(),
        retries: store.storage().retries(),
        progress: Arc::clone(progress),
    };
    plan.partitions.iter().zip(completed).map(writer).collect()
}

/// A partition, or its name and why it failed.
type Written = std::result::Result<PartitionMetadata, (String, Error)>;

/// What is to be committed. Files of partitions that failed halfway are removed.
///
/// # Errors
/// That of the first partition, when all of them failed.
async fn pending(
    store: &RepositoryHandle,
    directory: Directory,
    plan: Arc<BackupPlan>,
    written: Vec<Written>,
) -> Result<PendingCommit> {
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
    Ok(PendingCommit::new(store.clone(), plan, partitions, failed))
}

/// Removes the data files that are not among those to keep.
async fn remove_data_except(directory: &Directory, kept: &HashSet<&str>) -> Result<()> {
    let files = directory.list().await?.into_iter().map(|(file, _)| file);
    let others = files.filter(|file| file.starts_with(DATA) && !kept.contains(file.as_str()));
    directory.delete(others.collect::<Vec<_>>()).await
}
