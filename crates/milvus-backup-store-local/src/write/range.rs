//! One range of primary keys of a partition: from its rows to its chunk files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::RecordBatch;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{
    BackupPlan, ChunkMetadata, Error, KeyRange, PartitionPlan, Progress, ProgressEvent, Result, RetryPolicy, RowSource,
    ScanRequest,
};

use super::Budget;
use super::chunk::ChunkWriter;
use super::encoder::{column_of, value_bytes};
use super::parts::PartBuffers;
use super::ranges::Range;
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_repository::layout::chunk_file;
use milvus_backup_storage::Directory;

/// Writes ranges of one partition.
#[derive(Debug)]
pub(super) struct RangeWriter {
    pub(super) directory: Directory,
    pub(super) plan: Arc<BackupPlan>,
    pub(super) partition: PartitionPlan,
    /// The number of the next file of the partition, whose ranges share it.
    pub(super) next_file: AtomicUsize,
    pub(super) budget: Budget,
    pub(super) buffers: PartBuffers,
    pub(super) retries: RetryPolicy,
    pub(super) progress: Arc<dyn Progress>,
}

/// How far a range is.
#[derive(Debug)]
struct Position {
    range: Arc<Range>,
    completed: Vec<ChunkMetadata>,
    /// The number of the file that was begun, which is written anew when it fails.
    file: Option<usize>,
    /// Rows and bytes in it.
    unsaved: (u64, u64),
}

impl Position {
    /// The key after which the next chunk begins.
    fn last_key(&self) -> Option<String> {
        let last = self.completed.last().and_then(|chunk| chunk.primary_key_range.as_ref());
        let last = last.map(|range| range.max.clone());
        last.or_else(|| self.range.after.as_ref().map(PrimaryKey::to_string))
    }
}

impl RangeWriter {
    /// Reads all rows of a range, and writes them. A range without rows has no file. The chunks are in ascending order of
    /// keys.
    ///
    /// A file that cannot be written for a reason that may pass is begun anew, from the last row before it.
    pub(super) async fn write(&self, source: &dyn RowSource, range: Arc<Range>) -> Result<Vec<ChunkMetadata>> {
        let mut position = Position { range, completed: Vec::new(), file: None, unsaved: (0, 0) };
        let mut delays = self.retries.delays();
        loop {
            let before = position.completed.len();
            let Err(error) = self.append(source, &mut position).await else { return Ok(position.completed) };
            let (rows, bytes) = std::mem::take(&mut position.unsaved);
            self.progress.event(ProgressEvent::Discarded { partition: self.partition.name.clone(), rows, bytes });
            if position.completed.len() > before {
                delays = self.retries.delays();
            }
            match delays.next() {
                Some(delay) if matches!(error, Error::Storage { .. }) && error.retryable() => {
                    tracing::warn!(%error, ?delay, partition = self.partition.name, "writing a data file again");
                    tokio::time::sleep(delay).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Adds chunks until there are no more rows.
    async fn append(&self, source: &dyn RowSource, position: &mut Position) -> Result<()> {
        let mut batches: BoxStream<'static, Result<RecordBatch>> = source.scan(self.scan_request(position));
        let mut open: Option<ChunkWriter> = None;
        let primary_key = &self.plan.description.schema.primary_key()?.name;
        let mut more = true;
        while more && let Some(batch) = batches.next().await.transpose()? {
            let rows;
            (rows, more) = position.range.take(batch.column(column_of(&batch, primary_key)?))?;
            if rows == 0 {
                continue;
            }
            let batch = batch.slice(0, rows);
            let (rows, bytes) = (rows as u64, value_bytes(&batch) as u64);
            let chunk = match open.take() {
                Some(chunk) => chunk,
                None => self.begin(position, &batch).await?,
            };
            let chunk = chunk.write(batch).await?;
            position.unsaved = (position.unsaved.0 + rows, position.unsaved.1 + bytes);
            self.progress.event(ProgressEvent::Advanced { partition: self.partition.name.clone(), rows, bytes });
            if chunk.file_bytes() >= self.plan.chunk_size_bytes {
                self.complete(chunk, position).await?;
            } else {
                open = Some(chunk);
            }
        }
        match open {
            Some(chunk) => self.complete(chunk, position).await,
            None => Ok(()),
        }
    }

    async fn begin(&self, position: &mut Position, sample: &RecordBatch) -> Result<ChunkWriter> {
        let number = *position.file.get_or_insert_with(|| self.next_file.fetch_add(1, Ordering::Relaxed));
        let path = chunk_file(&self.partition.name, number);
        let row_group_bytes = self.budget.row_group_bytes;
        ChunkWriter::create(&self.directory, path, &self.plan, sample, row_group_bytes, self.buffers.clone()).await
    }

    async fn complete(&self, chunk: ChunkWriter, position: &mut Position) -> Result<()> {
        let chunk = chunk.finish().await?;
        RepositoryHandle::note_chunk(&self.directory, &chunk, position.last_key()).await?;
        position.completed.push(chunk);
        (position.file, position.unsaved) = (None, (0, 0));
        Ok(())
    }

    fn scan_request(&self, position: &Position) -> ScanRequest {
        ScanRequest {
            collection: self.plan.collection.name.clone(),
            schema: self.plan.description.schema.clone(),
            partition: self.partition.addressable.then(|| self.partition.name.clone()),
            range: KeyRange { after: position.last_key(), up_to: position.range.up_to() },
            read_point: self.plan.read_point,
            batch_bytes: self.budget.page_bytes,
        }
    }
}
