//! One partition: from its rows to its chunk files.

use std::sync::Arc;

use futures::StreamExt;
use milvus_backup_core::{
    BackupPlan, ChunkMetadata, Milvus, PartitionMetadata, PartitionPlan, Progress, ProgressEvent, Result, ScanRequest,
};
use milvus_backup_integrity::RowDigest;

use super::Budget;
use super::chunk::ChunkWriter;
use super::encoder::value_bytes;
use crate::layout::chunk_file;
use crate::objects::Directory;

/// Writes one partition.
#[derive(Debug)]
pub(super) struct PartitionWriter {
    pub(super) directory: Directory,
    pub(super) plan: Arc<BackupPlan>,
    pub(super) partition: PartitionPlan,
    pub(super) budget: Budget,
    pub(super) progress: Arc<dyn Progress>,
}

impl PartitionWriter {
    /// Reads all rows and writes them. A partition without rows has no file.
    pub(super) async fn write(self, milvus: &dyn Milvus) -> Result<PartitionMetadata> {
        let mut batches = milvus.scan(self.scan_request());
        let mut chunks = Vec::new();
        let mut open: Option<ChunkWriter> = None;
        while let Some(batch) = batches.next().await.transpose()? {
            let (rows, bytes) = (batch.num_rows() as u64, value_bytes(&batch) as u64);
            let chunk = if let Some(chunk) = open.take() {
                chunk
            } else {
                let path = chunk_file(&self.partition.name, chunks.len());
                ChunkWriter::create(&self.directory, path, &self.plan, &batch, self.budget.row_group_bytes).await?
            };
            let chunk = chunk.write(batch).await?;
            self.progress.event(ProgressEvent::Advanced { partition: self.partition.name.clone(), rows, bytes });
            if chunk.file_bytes() >= self.plan.chunk_size_bytes {
                chunks.push(chunk.finish().await?);
            } else {
                open = Some(chunk);
            }
        }
        if let Some(chunk) = open {
            chunks.push(chunk.finish().await?);
        }
        self.summarize(chunks)
    }

    fn scan_request(&self) -> ScanRequest {
        ScanRequest {
            collection: self.plan.collection.name.clone(),
            schema: self.plan.description.schema.clone(),
            partition: self.partition.addressable.then(|| self.partition.name.clone()),
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
