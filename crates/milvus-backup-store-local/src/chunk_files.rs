//! [`ParquetChunks`]: the data files of a backup, as the engine reads them for a restore.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::{ChecksumAlgorithm, ChunkFiles, ChunkMetadata, ChunkRows, Result};

use crate::chunk::{ChunkReader, ChunkSource};
use crate::decode::BATCH_BYTES;

/// The data files of a committed backup.
#[derive(Debug)]
pub(crate) struct ParquetChunks {
    source: Arc<ChunkSource>,
    /// The root of the repository, if it is a local directory.
    root: Option<PathBuf>,
    algorithm: ChecksumAlgorithm,
}

impl ParquetChunks {
    pub(crate) fn new(source: ChunkSource, root: Option<PathBuf>, algorithm: ChecksumAlgorithm) -> Self {
        Self { source: Arc::new(source), root, algorithm }
    }
}

#[async_trait]
impl ChunkFiles for ParquetChunks {
    fn batch_bytes(&self) -> u64 {
        BATCH_BYTES as u64
    }

    async fn open(&self, chunk: &ChunkMetadata) -> Result<Box<dyn ChunkRows>> {
        Ok(Box::new(ParquetRows(Arc::new(ChunkReader::open(&self.source, chunk).await?))))
    }

    async fn require_digest(&self, chunk: &ChunkMetadata) -> Result<()> {
        self.source.require_digest(chunk, self.algorithm).await
    }

    fn path_for_import(&self, chunk: &ChunkMetadata) -> Result<String> {
        self.source.file_for_others(chunk, self.root.as_deref())
    }
}

/// A data file whose footer has been read.
struct ParquetRows(Arc<ChunkReader>);

#[async_trait]
impl ChunkRows for ParquetRows {
    fn row_groups(&self) -> usize {
        self.0.row_groups()
    }

    async fn read(&self, group: usize) -> Result<Vec<RecordBatch>> {
        Arc::clone(&self.0).read(group).await
    }
}
