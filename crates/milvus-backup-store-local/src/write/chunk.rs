//! One data file on its way to the store: encoded and hashed on threads for that, uploaded in parts.

use arrow_array::RecordBatch;
use milvus_backup_core::{BackupPlan, ChunkBase, ChunkMetadata, Result, spawn_compute};
use object_store::{ObjectStoreExt, WriteMultipart};

use super::encoder::Encoder;
use super::parts::PartBuffers;
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::storage;

/// Parts that may be on their way at the same time.
const PARTS_IN_FLIGHT: usize = 2;

/// A data file being written.
pub(super) struct ChunkWriter {
    path: String,
    upload: WriteMultipart,
    encoder: Encoder,
}

impl ChunkWriter {
    pub(super) async fn create(
        directory: &Directory,
        path: String,
        plan: &BackupPlan,
        sample: &RecordBatch,
        row_group_bytes: usize,
        buffers: PartBuffers,
    ) -> Result<Self> {
        let object = directory.object(&path)?;
        let upload =
            directory.store().put_multipart(&object).await.map_err(|source| storage("create", &object, source))?;
        let upload = WriteMultipart::new_with_chunk_size(upload, buffers.part_bytes());
        let encoder = Encoder::new(plan, sample, row_group_bytes, buffers)?;
        Ok(Self { path, upload, encoder })
    }

    /// Adds a batch.
    pub(super) async fn write(self, batch: RecordBatch) -> Result<Self> {
        let Self { path, mut upload, mut encoder } = self;
        let encode = move || {
            let parts = encoder.write(&batch)?;
            Ok((encoder, parts))
        };
        let (encoder, parts) = spawn_compute(encode).await?;
        for part in parts {
            upload.put(part);
            if let Err(source) = upload.wait_for_capacity(PARTS_IN_FLIGHT).await {
                // Stores keep, and charge for, the parts of an upload that nobody ends.
                let _ = upload.abort().await;
                return Err(storage("write", &path, source));
            }
        }
        Ok(Self { path, upload, encoder })
    }

    /// Bytes of the file so far.
    pub(super) fn file_bytes(&self) -> u64 {
        self.encoder.file_bytes()
    }

    /// Ends the file and makes it durable.
    pub(super) async fn finish(self) -> Result<ChunkMetadata> {
        let Self { path, mut upload, encoder } = self;
        let (parts, summary) = spawn_compute(move || encoder.finish()).await?;
        for part in parts {
            upload.put(part);
        }
        upload.finish().await.map_err(|source| storage("write", &path, source))?;
        Ok(ChunkMetadata {
            base: ChunkBase::Backup,
            path,
            row_count: summary.rows,
            size_bytes: summary.size_bytes,
            uncompressed_size_bytes: summary.uncompressed_bytes,
            checksum: summary.checksum,
            row_digest: summary.digest.to_hex(),
            row_group_digests: summary.row_groups.iter().map(milvus_backup_integrity::RowDigest::to_hex).collect(),
            ordered: true,
            primary_key_range: summary.keys,
            uncompressed_columns: summary.uncompressed_columns,
            row_traits: summary.row_traits,
        })
    }
}
