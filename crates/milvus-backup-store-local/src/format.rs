//! [`ParquetFormat`]: the implementation of [`RowFormat`] with plain Parquet files.

use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    BackupId, BackupStorageType, ChunkFiles, CollectionRef, ContentCheck, Result, RowEncoding, RowFormat, StoredBackup,
    UnitWriters,
};
use milvus_backup_repository::RepositoryHandle;

use crate::chunk::ChunkSource;
use crate::chunk_files::ParquetChunks;
use crate::quick_check::SampleCheck;
use crate::write::{ParquetWriters, encoded_bytes};

/// The format of plain Parquet files in a repository. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ParquetFormat {
    repository: RepositoryHandle,
    sample: SampleCheck,
}

impl ParquetFormat {
    /// Creates the format for the data files of the backups of `repository`.
    pub fn new(repository: RepositoryHandle) -> Self {
        Self { sample: SampleCheck::new(repository.clone()), repository }
    }
}

#[async_trait]
impl RowFormat for ParquetFormat {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::LocalFile
    }

    async fn estimate(&self, encoding: &RowEncoding, rows: RecordBatch) -> Result<u64> {
        encoded_bytes(encoding.clone(), rows).await
    }

    fn writers(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        encoding: Arc<RowEncoding>,
    ) -> Arc<dyn UnitWriters> {
        let is_local = self.repository.storage().local_root().is_some();
        Arc::new(ParquetWriters::new(self.repository.backup(collection, backup_id), is_local, encoding))
    }

    fn chunks(
        &self,
        backup: &StoredBackup,
        schema: &CollectionSchema,
        verify_digests: bool,
    ) -> Result<Arc<dyn ChunkFiles>> {
        let metadata = &backup.metadata;
        let directory = self.repository.directory_of(metadata)?;
        let source = ChunkSource::new(directory, &metadata.backup_id, schema, verify_digests)?;
        let root = self.repository.storage().local_root().map(std::path::Path::to_owned);
        Ok(Arc::new(ParquetChunks::new(source, root, metadata.checksum_algorithm)))
    }

    fn content_check(&self) -> &dyn ContentCheck {
        &self.sample
    }
}
