//! A backup that is being written, and which no reader can see yet.

use std::fmt::Debug;

use async_trait::async_trait;

use super::keys::KeyRange;
use super::plans::Completion;
use crate::error::Result;
use crate::model::{BackupMetadata, ChunkMetadata, FailedPartition, PartitionMetadata};
use crate::schema::PrimaryKey;

/// A backup that is being written: its journal, and its commit. Until that, no reader can see it.
#[async_trait]
pub trait Transaction: Send + Sync + Debug {
    /// Notes that a data file is complete and durable, whose rows are all that come after this key, up to its last one.
    async fn note_chunk(&self, chunk: &ChunkMetadata, after: Option<&PrimaryKey>) -> Result<()>;

    /// Returns what earlier attempts completed of each partition of the plan: files that are as they were noted.
    async fn completed_chunks(&self) -> Result<Vec<CompletedChunks>>;

    /// Removes the data files that are not among these.
    async fn retain(&self, chunks: &[&ChunkMetadata]) -> Result<()>;

    /// Makes the backup visible, complete and durable, in one step.
    async fn commit(self: Box<Self>, written: WrittenRows, completion: Completion) -> Result<BackupMetadata>;
}

/// The chunks of a partition that are complete, and the ranges of keys that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedChunks {
    /// The chunks that are as they were noted, in ascending order of keys.
    pub chunks: Vec<ChunkMetadata>,
    /// The ranges of keys before, between and after them, whose rows are to be read.
    pub missing: Vec<KeyRange<PrimaryKey>>,
    /// A number that no file of the partition has, nor any after it.
    pub next_file: usize,
}

impl CompletedChunks {
    /// Returns the state before any chunk was written.
    pub fn nothing() -> Self {
        Self { chunks: Vec::new(), missing: vec![KeyRange::default()], next_file: 0 }
    }
}

/// The rows of a backup, in data files that are complete and durable.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WrittenRows {
    /// The partitions that are complete, in the order of the plan.
    pub partitions: Vec<PartitionMetadata>,
    /// The partitions that failed. Empty unless the plan says to continue without them.
    pub failed: Vec<FailedPartition>,
}

impl WrittenRows {
    /// Returns the rows of a partition; `None` for one that failed.
    pub fn rows_of(&self, partition: &str) -> Option<u64> {
        self.partitions.iter().find(|written| written.name == partition).map(|written| written.row_count)
    }
}
