//! A backup in progress, which is not yet visible to readers.

use std::fmt::Debug;

use async_trait::async_trait;

use super::keys::KeyRange;
use super::plans::Completion;
use crate::error::Result;
use crate::model::{BackupMetadata, ChunkMetadata, FailedPartition, NativePayload, PartitionMetadata};
use crate::schema::PrimaryKey;

/// A backup in progress: its journal, and its commit. It is invisible to readers until the commit.
///
/// # Errors
/// Every method fails with [`crate::Error::Storage`] if the store cannot be read or written to.
#[async_trait]
pub trait Transaction: Send + Sync + Debug {
    /// Records that a data file is complete and durable, whose rows are all those from after this key up to its last
    /// one.
    async fn note_chunk(&self, chunk: &ChunkMetadata, after: Option<&PrimaryKey>) -> Result<()>;

    /// Returns the files that earlier attempts completed, per partition of the plan, and that still match their record.
    async fn completed_chunks(&self) -> Result<Vec<CompletedChunks>>;

    /// Removes all data files except these.
    async fn retain(&self, chunks: &[&ChunkMetadata]) -> Result<()>;

    /// Makes the backup visible, complete and durable, in one step.
    async fn commit(self: Box<Self>, written: WrittenRows, completion: Completion) -> Result<BackupMetadata>;
}

/// The complete chunks of a partition, and the ranges of keys that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedChunks {
    /// The chunks that match their record, in ascending order of keys.
    pub chunks: Vec<ChunkMetadata>,
    /// The ranges of keys before, between and after them, whose rows are still to be read.
    pub missing: Vec<KeyRange<PrimaryKey>>,
    /// The smallest number such that it and all higher ones are unused by files of the partition.
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
    /// The complete partitions, in the order of the plan.
    pub partitions: Vec<PartitionMetadata>,
    /// The partitions that failed. Empty unless the plan continues without them.
    pub failed: Vec<FailedPartition>,
    /// The files that another program wrote, of a backup that is not logical.
    pub native: Option<NativePayload>,
}

impl WrittenRows {
    /// Returns the number of rows of a partition; `None` if it failed.
    pub fn rows_of(&self, partition: &str) -> Option<u64> {
        self.partitions.iter().find(|written| written.name == partition).map(|written| written.row_count)
    }
}
