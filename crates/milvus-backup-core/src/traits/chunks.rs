//! The data files of a committed backup, read row group by row group.

use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use crate::error::Result;
use crate::model::ChunkMetadata;

/// The data files of a committed backup, which are untrusted input.
#[async_trait]
pub trait ChunkFiles: Send + Sync + Debug {
    /// Returns the maximum size of a batch in bytes of column values; a single larger row is a separate batch.
    fn batch_bytes(&self) -> u64;

    /// Opens a data file, and checks that it matches the manifest.
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
    /// [`crate::Error::Unsupported`] for a path that other programs cannot use.
    fn path_for_import(&self, chunk: &ChunkMetadata) -> Result<String>;
}

/// An opened data file.
#[async_trait]
pub trait ChunkRows: Send + Sync {
    /// Returns the number of its row groups.
    fn row_groups(&self) -> usize;

    /// Returns the rows of a row group in batches, after comparing them with their digest if that was requested.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`], [`crate::Error::Storage`].
    async fn read(&self, group: usize) -> Result<Vec<RecordBatch>>;
}
