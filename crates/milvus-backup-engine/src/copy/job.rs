//! The copy of one backup.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use milvus_backup_core::{
    BackupFiles, BackupId, CollectionRef, CopyParams, CopyResult, IncomingCopy, Lease, Operation, Result, StoredFile,
};

use super::bandwidth::Bandwidth;
use crate::BackupRepository;
use crate::lease::while_held;

impl BackupRepository {
    /// Copies a backup to another repository, where it has the same identifier and is equal byte for byte. Every file is
    /// compared with its digest while it is copied, and the backup becomes visible at the end, in one step.
    ///
    /// If the destination holds an equal backup, nothing is copied. A copy that ended early continues with the files that
    /// are missing when it is repeated; until then [`Self::prune_incomplete_backups`] of the destination removes it.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], [`milvus_backup_core::Error::Corrupted`] with the file that is damaged in the source, [`milvus_backup_core::Error::Refused`] if the
    /// destination holds a different backup with this identifier, [`milvus_backup_core::Error::InsufficientStorage`], and
    /// [`milvus_backup_core::Error::InProgress`] while another operation changes backups of the collection there.
    pub async fn copy_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        destination: &Self,
        params: &CopyParams,
    ) -> Result<CopyResult> {
        params.validate()?;
        self.report_copy(backup_id, collection);
        let started = self.environment.clock.elapsed();
        let job = CopyJob {
            source: self,
            destination,
            params,
            bandwidth: params.bandwidth.map(|limit| Bandwidth::new(limit, &destination.environment)),
            moved: AtomicU64::new(0),
        };
        let mut result = job.run(collection, backup_id).await?;
        result.execution_time_ms = self.milliseconds_since(started);
        Ok(result)
    }
}

/// One copy, and the number of bytes that it has moved.
#[derive(Debug)]
struct CopyJob<'a> {
    source: &'a BackupRepository,
    destination: &'a BackupRepository,
    params: &'a CopyParams,
    bandwidth: Option<Bandwidth>,
    moved: AtomicU64,
}

impl CopyJob<'_> {
    async fn run(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<CopyResult> {
        let deadline: Duration = self.params.timeout.unwrap_or(self.source.config.default_backup_timeout);
        let environment = &self.destination.environment;
        let prepared = async {
            let backup = self.source.store.files(collection, backup_id).await?;
            // Without a lease, since most backups of a regular copy are there already.
            if self.destination.store.holds(&backup).await? {
                return Ok((backup, None));
            }
            self.destination.store.prepare(environment).await?;
            let lease = self.destination.store.lease(collection, Operation::Copy, environment).await?;
            Ok((backup, Some(lease)))
        };
        let began = environment.elapsed();
        let (backup, lease) = environment.bounded(deadline, prepared).await?;
        let Some(lease) = lease else { return Ok(self.already_present(&backup)) };
        let left = deadline.saturating_sub(environment.elapsed().saturating_sub(began));
        let copied = environment.bounded(left, while_held(lease.as_ref(), self.copy(&backup, lease.as_ref()))).await;
        lease.release().await;
        copied
    }

    fn result(&self, backup: &BackupFiles) -> CopyResult {
        let (source, destination) = (self.source.root().to_owned(), self.destination.root().to_owned());
        let result = CopyResult::of(backup.backup_id.clone(), backup.collection.to_string(), source, destination);
        CopyResult { success: true, ..result }
    }

    fn already_present(&self, backup: &BackupFiles) -> CopyResult {
        CopyResult { already_present: true, ..self.result(backup) }
    }

    async fn copy(&self, backup: &BackupFiles, lease: &dyn Lease) -> Result<CopyResult> {
        // Another copy may have come first.
        if self.destination.store.holds(backup).await? {
            return Ok(self.already_present(backup));
        }
        let mut result = self.result(backup);
        let incoming = self.destination.store.receive(backup).await?;
        let complete: HashSet<StoredFile> = incoming.complete_files().await?.into_iter().collect();
        let missing: Vec<&StoredFile> = backup.files.iter().filter(|file| !complete.contains(*file)).collect();
        let required_bytes = missing.iter().map(|file| file.size_bytes).sum();
        // An object store has no limit.
        if let Some(available_bytes) = self.destination.store.available_bytes().await? {
            self.destination.require_space(required_bytes, available_bytes)?;
        }
        self.source.report_planned_bytes(required_bytes);
        result.files_resumed = complete.len() as u64;
        result.files_copied = missing.len() as u64 + 1;
        self.write_all(incoming.as_ref(), backup, missing).await?;
        // A lease that was lost while this process was paused must not lead to a commit.
        lease.check().await?;
        incoming.commit().await?;
        result.bytes_copied = self.moved.load(Ordering::Relaxed) + backup.commit.len() as u64;
        Ok(result)
    }

    /// Copies the files, several at a time, the largest ones first.
    async fn write_all(
        &self,
        incoming: &dyn IncomingCopy,
        backup: &BackupFiles,
        mut missing: Vec<&StoredFile>,
    ) -> Result<()> {
        missing.sort_by_key(|file| std::cmp::Reverse(file.size_bytes));
        let copies = missing.into_iter().map(|file| incoming.write(file, self.content(backup, file)));
        let copies = futures::stream::iter(copies.collect::<Vec<_>>());
        copies.buffer_unordered(self.params.concurrency).try_collect().await
    }

    /// Returns the content of a file, at the speed that is allowed.
    fn content<'a>(&'a self, backup: &BackupFiles, file: &StoredFile) -> BoxStream<'a, Result<Bytes>> {
        let path = file.path.clone();
        let pieces = self.source.store.read_file(backup, file);
        pieces
            .and_then(move |piece| {
                let path = path.clone();
                async move {
                    let bytes = piece.len() as u64;
                    self.source.pass_bytes(self.bandwidth.as_ref(), path, bytes).await;
                    self.moved.fetch_add(bytes, Ordering::Relaxed);
                    Ok(piece)
                }
            })
            .boxed()
    }
}
