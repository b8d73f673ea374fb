//! A backup into an archive.

use std::time::Duration;

use futures::StreamExt;
use milvus_backup_core::{ArchiveSink, BackupId, CollectionRef, CopyParams, CopyResult, ProgressEvent, Result};

use crate::BackupRepository;
use crate::copy::Bandwidth;

impl BackupRepository {
    /// Writes a backup as one stream of bytes, a tar archive, from which [`Self::import_archive`] creates an equal backup.
    /// Every file is compared with its digest on the way. The caller compresses the bytes, and discards what it has written
    /// of them if this fails. `name` is the one of the archive in the result.
    ///
    /// Of `params`, the bandwidth and the deadline apply.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], [`milvus_backup_core::Error::Corrupted`] with the file that is
    /// damaged, and the errors of the sink.
    pub async fn export_archive(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        name: &str,
        sink: &mut dyn ArchiveSink,
        params: &CopyParams,
    ) -> Result<CopyResult> {
        params.validate()?;
        self.report_copy(backup_id, collection);
        let started = self.environment.clock.elapsed();
        let deadline: Duration = params.timeout.unwrap_or(self.config.default_backup_timeout);
        let export = self.write_archive(collection, backup_id, name, sink, params);
        let mut result = self.environment.bounded(deadline, export).await?;
        result.execution_time_ms = self.milliseconds_since(started);
        Ok(result)
    }

    async fn write_archive(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        name: &str,
        sink: &mut dyn ArchiveSink,
        params: &CopyParams,
    ) -> Result<CopyResult> {
        let backup = self.store.files(collection, backup_id).await?;
        self.report_planned_bytes(backup.size_bytes());
        let bandwidth = params.bandwidth.map(|limit| Bandwidth::new(limit, &self.environment));
        let mut content = self.store.archive(&backup);
        let source = self.root().to_owned();
        let mut result = CopyResult::of(backup_id.clone(), collection.to_string(), source, name.to_owned());
        while let Some(piece) = content.next().await.transpose()? {
            let bytes = piece.len() as u64;
            if let Some(bandwidth) = &bandwidth {
                bandwidth.wait_for(bytes).await;
            }
            sink.put(piece).await?;
            result.bytes_copied += bytes;
            self.progress.event(ProgressEvent::Advanced { partition: name.to_owned(), rows: 0, bytes });
        }
        result.files_copied = backup.files.len() as u64 + 1;
        Ok(CopyResult { success: true, ..result })
    }
}
