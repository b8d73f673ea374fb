//! The data files of a committed backup, read row group by row group.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use crate::error::Result;
use crate::model::ChunkMetadata;

/// The data files of a committed backup, which are untrusted input.
#[async_trait]
pub trait ChunkFiles: Send + Sync + Debug {
    /// Returns the bytes of column values that a batch has at most, but for a row that is larger.
    fn batch_bytes(&self) -> u64;

    /// Opens a data file, and checks that it is what the manifest says.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`], [`crate::Error::Storage`].
    async fn open(&self, chunk: &ChunkMetadata) -> Result<Box<dyn ChunkRows>>;

    /// Compares a data file with its recorded digest.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`], [`crate::Error::Storage`].
    async fn require_digest(&self, chunk: &ChunkMetadata) -> Result<()>;

    /// Returns the path of a data file for programs that read it without this one.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] for a path that they cannot be given.
    fn path_for_import(&self, chunk: &ChunkMetadata) -> Result<String>;
}

/// A data file that was opened.
#[async_trait]
pub trait ChunkRows: Send + Sync {
    /// Returns the number of its row groups.
    fn row_groups(&self) -> usize;

    /// Returns the rows of a row group in batches, once they were compared with their digest where that was asked for.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`], [`crate::Error::Storage`].
    async fn read(&self, group: usize) -> Result<Vec<RecordBatch>>;
}
