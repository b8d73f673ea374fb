//! One partition: from its rows to its chunk files.

use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::{
    BackupPlan, ChunkMetadata, Error, Milvus, PartitionMetadata, PartitionPlan, Progress, ProgressEvent, Result,
    RetryPolicy, ScanRequest,
};
use milvus_backup_integrity::RowDigest;

use super::Budget;
use super::chunk::ChunkWriter;
use super::encoder::value_bytes;
use super::journal::note_chunk;
use crate::layout::chunk_file;
use crate::objects::Directory;

/// Writes one partition.
#[derive(Debug)]
pub(super) struct PartitionWriter {
    pub(super) directory: Directory,
    pub(super) plan: Arc<BackupPlan>,
    pub(super) partition: PartitionPlan,
    pub(super) budget: Budget,
    pub(super) retries: RetryPolicy,
    pub(super) progress: Arc<dyn Progress>,
}

impl PartitionWriter {
    /// Reads all rows after those of the chunks that are complete, and writes them. A partition without rows has no
    /// file.
    ///
    /// A file that cannot be written for a reason that may pass is begun anew, from the last row before it.
    pub(super) async fn write(
        self,
        milvus: &dyn Milvus,
        mut completed: Vec<ChunkMetadata>,
    ) -> Result<PartitionMetadata> {
        let mut delays = self.retries.delays();
        loop {
            let before = completed.len();
            let Err(error) = self.append(milvus, &mut completed).await else { return self.summarize(completed) };
            if completed.len() > before {
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
    async fn append(&self, milvus: &dyn Milvus, completed: &mut Vec<ChunkMetadata>) -> Result<()> {
        let after = completed.last().map(|chunk| chunk.primary_key_range.max.clone());
        let mut batches = milvus.scan(self.scan_request(after));
        let mut unsaved = (0, 0);
        let outcome = self.append_batches(&mut batches, completed, &mut unsaved).await;
        if outcome.is_err() {
            let (rows, bytes) = unsaved;
            self.progress.event(ProgressEvent::Discarded { partition: self.partition.name.clone(), rows, bytes });
        }
        outcome
    }

    /// `unsaved` counts the rows and bytes of the chunk that is not complete.
    async fn append_batches(
        &self,
        batches: &mut BoxStream<'static, Result<RecordBatch>>,
        completed: &mut Vec<ChunkMetadata>,
        unsaved: &mut (u64, u64),
    ) -> Result<()> {
        let mut open: Option<ChunkWriter> = None;
        while let Some(batch) = batches.next().await.transpose()? {
            let (rows, bytes) = (batch.num_rows() as u64, value_bytes(&batch) as u64);
            let chunk = if let Some(chunk) = open.take() {
                chunk
            } else {
                let path = chunk_file(&self.partition.name, completed.len());
                ChunkWriter::create(&self.directory, path, &self.plan, &batch, self.budget.row_group_bytes).await?
            };
            let chunk = chunk.write(batch).await?;
            *unsaved = (unsaved.0 + rows, unsaved.1 + bytes);
            self.progress.event(ProgressEvent::Advanced { partition: self.partition.name.clone(), rows, bytes });
            if chunk.file_bytes() >= self.plan.chunk_size_bytes {
                self.complete(chunk, completed).await?;
                *unsaved = (0, 0);
            } else {
                open = Some(chunk);
            }
        }
        match open {
            Some(chunk) => self.complete(chunk, completed).await,
            None => Ok(()),
        }
    }

    async fn complete(&self, chunk: ChunkWriter, completed: &mut Vec<ChunkMetadata>) -> Result<()> {
        let chunk = chunk.finish().await?;
        note_chunk(&self.directory, &chunk).await?;
        completed.push(chunk);
        Ok(())
    }

    fn scan_request(&self, after: Option<String>) -> ScanRequest {
        ScanRequest {
            collection: self.plan.collection.name.clone(),
            schema: self.plan.description.schema.clone(),
            partition: self.partition.addressable.then(|| self.partition.name.clone()),
            after,
            read_point: self.plan.read_point,
            batch_bytes: self.budget.page_bytes,
        }
    }

    fn summarize(self, chunks: Vec<ChunkMetadata>) -> Result<PartitionMetadata> {
        let mut digest = RowDigest::default();
        for chunk in &chunks {
            digest.merge(&RowDigest::from_hex(&chunk.row_digest, chunk.row_count)?);
        }
        let row_count = chunks.iter().map(|chunk| chunk.row_count).sum();
        let name = self.partition.name;
        self.progress.event(ProgressEvent::PartitionFinished { partition: name.clone(), rows: row_count });
        Ok(PartitionMetadata { name, row_count, row_digest: digest.to_hex(), chunks })
    }
}
