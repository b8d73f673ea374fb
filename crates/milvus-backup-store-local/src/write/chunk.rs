//! [`ChunkWriter`]: one data file in progress, encoded and hashed on the compute pool, uploaded in parts.

use arrow_array::RecordBatch;
use milvus_backup_core::{ChunkBase, ChunkMetadata, Error, Result, RowOrder, UnitFiles, spawn_compute};
use milvus_backup_integrity::RowDigest;
use milvus_backup_storage::Upload;

use super::destination::Destination;
use super::encoder::{Encoder, Summary};

/// A data file that is being written. It is aborted when it is dropped.
pub(super) struct ChunkWriter {
    path: String,
    upload: Upload,
    ordered: bool,
    /// `None` after a failure.
    encoder: Option<Encoder>,
}

impl ChunkWriter {
    pub(super) async fn create(
        destination: &Destination,
        path: String,
        unit: &UnitFiles,
        sample: &RecordBatch,
    ) -> Result<Self> {
        let encoder = Encoder::new(&destination.encoding, sample, unit.row_group_bytes, destination.buffers.clone())?;
        let upload = destination.directory.upload(&path, &destination.abandoned).await?;
        let ordered = unit.order == RowOrder::PrimaryKey;
        Ok(Self { path, upload, ordered, encoder: Some(encoder) })
    }

    /// Appends a batch. After a failure, only an abort is permitted.
    pub(super) async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        let mut encoder = self.take_encoder()?;
        let encode = move || {
            let parts = encoder.write(&batch)?;
            Ok((encoder, parts))
        };
        let (encoder, parts) = spawn_compute(encode).await?;
        for part in parts {
            self.upload.put(part).await?;
        }
        self.encoder = Some(encoder);
        Ok(())
    }

    /// Returns the size of the file so far, in bytes.
    pub(super) fn file_bytes(&self) -> u64 {
        self.encoder.as_ref().map_or(0, Encoder::file_bytes)
    }

    /// Completes the file and makes it durable, or aborts it on failure.
    pub(super) async fn finish(mut self) -> Result<ChunkMetadata> {
        let encoder = self.take_encoder()?;
        let summary = match spawn_compute(move || encoder.finish()).await {
            Ok((parts, summary)) => self.put_all(parts).await.map(|()| summary),
            Err(error) => Err(error),
        };
        match summary {
            Ok(summary) => {
                self.upload.complete().await?;
                Ok(chunk_metadata(self.path, self.ordered, summary))
            }
            Err(error) => {
                self.upload.abort().await;
                Err(error)
            }
        }
    }

    async fn put_all(&mut self, parts: Vec<bytes::Bytes>) -> Result<()> {
        for part in parts {
            self.upload.put(part).await?;
        }
        Ok(())
    }

    /// Aborts the file, and removes its uploaded parts.
    pub(super) async fn abort(self) {
        self.upload.abort().await;
    }

    fn take_encoder(&mut self) -> Result<Encoder> {
        let failed = || Error::Internal {
            action: format!("continue `{}`", self.path),
            source: "writing it has failed before".into(),
        };
        self.encoder.take().ok_or_else(failed)
    }
}

fn chunk_metadata(path: String, ordered: bool, summary: Summary) -> ChunkMetadata {
    ChunkMetadata {
        base: ChunkBase::Backup,
        path,
        row_count: summary.rows,
        size_bytes: summary.size_bytes,
        uncompressed_size_bytes: summary.uncompressed_bytes,
        checksum: summary.checksum,
        row_digest: summary.digest.to_hex(),
        row_group_digests: summary.row_groups.iter().map(RowDigest::to_hex).collect(),
        ordered,
        content_key: None,
        // If rows are unordered, the first and the last key are not the smallest and the largest one.
        primary_key_range: summary.keys.filter(|_| ordered),
        uncompressed_columns: summary.uncompressed_columns,
        row_traits: summary.row_traits,
    }
}
