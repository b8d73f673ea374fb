//! The assembly of a partition from its units, which end in any order.

use milvus_backup_core::schema::{FieldSchema, PrimaryKey};
use milvus_backup_core::{ChunkMetadata, Error, PartitionMetadata, Progress, ProgressEvent, Result};
use milvus_backup_integrity::RowDigest;

/// A partition, or its name and the reason of its failure.
pub(super) type Assembled = std::result::Result<PartitionMetadata, (String, Error)>;

/// The written parts of a partition.
#[derive(Debug)]
pub(super) struct Assembly {
    name: String,
    chunks: Vec<ChunkMetadata>,
    failure: Option<Error>,
}

impl Assembly {
    /// Creates an assembly with the chunks that are already complete.
    pub(super) fn new(name: &str, chunks: Vec<ChunkMetadata>) -> Self {
        Self { name: name.to_owned(), chunks, failure: None }
    }

    /// Adds the outcome of a unit, and whether it was the last one.
    pub(super) fn add(&mut self, outcome: Result<Vec<ChunkMetadata>>, is_last: bool, progress: &dyn Progress) {
        match outcome {
            Ok(chunks) => self.chunks.extend(chunks),
            Err(error) => self.failure = self.failure.take().or(Some(error)),
        }
        if is_last && self.failure.is_none() {
            let rows = self.chunks.iter().map(|chunk| chunk.row_count).sum();
            progress.event(ProgressEvent::PartitionFinished { partition: self.name.clone(), rows });
        }
    }

    /// Returns the partition, whose chunks are in ascending order of keys, or the reason why it is incomplete.
    pub(super) fn finish(self, primary_key: &FieldSchema) -> Result<Assembled> {
        if let Some(error) = self.failure {
            return Ok(Err((self.name, error)));
        }
        let first_key = |chunk: ChunkMetadata| {
            let range = chunk.primary_key_range.as_ref();
            let key = range.map(|range| PrimaryKey::from_text(&range.min, primary_key)).transpose();
            key.map(|key| (key, chunk))
        };
        let mut chunks = self.chunks.into_iter().map(first_key).collect::<Result<Vec<_>>>()?;
        chunks.sort_by(|(one, _), (other, _)| one.cmp(other));
        let chunks: Vec<ChunkMetadata> = chunks.into_iter().map(|(_, chunk)| chunk).collect();
        let mut digest = RowDigest::default();
        for chunk in &chunks {
            digest.merge(&RowDigest::from_hex(&chunk.row_digest, chunk.row_count)?);
        }
        let row_count = chunks.iter().map(|chunk| chunk.row_count).sum();
        Ok(Ok(PartitionMetadata { name: self.name, row_count, row_digest: Some(digest.to_hex()), chunks }))
    }
}
