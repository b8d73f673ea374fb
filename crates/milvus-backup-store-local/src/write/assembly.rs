//! A partition, put together from its ranges, which end in any order.

use milvus_backup_core::{ChunkMetadata, Error, PartitionMetadata, PartitionPlan, Progress, ProgressEvent, Result};
use milvus_backup_integrity::RowDigest;

use super::Written;

/// What is written of a partition.
#[derive(Debug)]
pub(super) struct Assembly {
    name: String,
    /// The chunks of each range; none while it is being written.
    ranges: Vec<Option<Vec<ChunkMetadata>>>,
    failure: Option<Error>,
}

impl Assembly {
    pub(super) fn new(partition: &PartitionPlan) -> Self {
        let ranges = partition.ranges().iter().map(|_| None).collect();
        Self { name: partition.name.clone(), ranges, failure: None }
    }

    /// Takes in what became of a range.
    pub(super) fn add(&mut self, number: usize, outcome: Result<Vec<ChunkMetadata>>, progress: &dyn Progress) {
        match outcome {
            Ok(chunks) => self.ranges[number] = Some(chunks),
            Err(error) => self.failure = self.failure.take().or(Some(error)),
        }
        if self.ranges.iter().all(Option::is_some) {
            let rows = self.ranges.iter().flatten().flatten().map(|chunk| chunk.row_count).sum();
            progress.event(ProgressEvent::PartitionFinished { partition: self.name.clone(), rows });
        }
    }

    /// The partition, whose chunks are in ascending order of keys, or why it is not whole.
    pub(super) fn finish(self) -> Result<Written> {
        if let Some(error) = self.failure {
            return Ok(Err((self.name, error)));
        }
        let chunks: Vec<ChunkMetadata> = self.ranges.into_iter().flatten().flatten().collect();
        let mut digest = RowDigest::default();
        for chunk in &chunks {
            digest.merge(&RowDigest::from_hex(&chunk.row_digest, chunk.row_count)?);
        }
        let row_count = chunks.iter().map(|chunk| chunk.row_count).sum();
        Ok(Ok(PartitionMetadata { name: self.name, row_count, row_digest: digest.to_hex(), chunks }))
    }
}
