//! An archive into a repository.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::{BoxStream, StreamExt};
use milvus_backup_core::{
    ArchivedBackup, CopyParams, CopyResult, Error, IncomingCopy, Lease, Operation, Result, StoredFile,
};

use crate::BackupRepository;
use crate::copy::Bandwidth;
use crate::lease::while_held;

impl BackupRepository {
    /// Creates the backup that is in an archive, with the same identifier, equal byte for byte. The archive is untrusted:
    /// only the files that its own documents name are accepted, every file is compared with its digest before it is
    /// complete, and the backup becomes visible at the end, in one step. `name` is the one of the archive in errors and in
    /// the result.
    ///
    /// If this repository holds an equal backup, nothing is written. An import that was interrupted continues with the
    /// missing files when it is repeated; nothing is kept of an archive that is damaged.
    ///
    /// Of `params`, the bandwidth and the deadline apply.
    ///
    /// # Errors
    /// [`Error::ArchiveDamaged`], [`Error::Refused`] if this repository holds a different backup with this identifier,
    /// [`Error::BackupAlreadyExists`] if another backup of the collection has its name, [`Error::InsufficientStorage`], and
    /// [`Error::InProgress`] while another operation changes backups of the collection.
    pub async fn import_archive(
        &self,
        name: &str,
        content: BoxStream<'static, Result<Bytes>>,
        params: &CopyParams,
    ) -> Result<CopyResult> {
        params.validate()?;
        let started = self.environment.clock.elapsed();
        let deadline: Duration = params.timeout.unwrap_or(self.config.default_backup_timeout);
        let job = ImportJob {
            destination: self,
            name,
            bandwidth: params.bandwidth.map(|limit| Bandwidth::new(limit, &self.environment)),
        };
        let mut result = self.environment.bounded(deadline, Box::pin(job.run(content))).await?;
        result.execution_time_ms = self.milliseconds_since(started);
        Ok(result)
    }
}

/// One import of one archive.
#[derive(Debug)]
struct ImportJob<'a> {
    destination: &'a BackupRepository,
    name: &'a str,
    bandwidth: Option<Bandwidth>,
}

impl ImportJob<'_> {
    async fn run(&self, content: BoxStream<'static, Result<Bytes>>) -> Result<CopyResult> {
        let BackupRepository { store, environment, .. } = self.destination;
        let mut archive = store.open_archive(self.name, content).await?;
        let collection = archive.files().collection.clone();
        self.destination.report_copy(&archive.files().backup_id, &collection);
        if store.holds(archive.files()).await? {
            return Ok(self.already_present(archive.as_ref()));
        }
        store.prepare(environment).await?;
        let lease = store.lease(&collection, Operation::Copy, environment).await?;
        let imported = while_held(lease.as_ref(), self.import(archive.as_mut(), lease.as_ref())).await;
        lease.release().await;
        imported
    }

    fn result(&self, archive: &dyn ArchivedBackup) -> CopyResult {
        let files = archive.files();
        let destination = self.destination.root().to_owned();
        let result =
            CopyResult::of(files.backup_id.clone(), files.collection.to_string(), self.name.to_owned(), destination);
        CopyResult { success: true, ..result }
    }

    fn already_present(&self, archive: &dyn ArchivedBackup) -> CopyResult {
        CopyResult { already_present: true, ..self.result(archive) }
    }

    async fn import(&self, archive: &mut dyn ArchivedBackup, lease: &dyn Lease) -> Result<CopyResult> {
        let store = &self.destination.store;
        // Another import may have come first.
        if store.holds(archive.files()).await? {
            return Ok(self.already_present(archive));
        }
        let (collection, backup_id) = (archive.files().collection.clone(), archive.files().backup_id.clone());
        self.destination.require_unused_name(&collection, &archive.metadata().backup_name).await?;
        let incoming = store.receive(archive.files()).await?;
        let written = self.write_all(archive, incoming.as_ref()).await;
        if let Err(Error::ArchiveDamaged { .. }) = &written {
            // A repeated import of the same archive would not end better.
            store.discard(&collection, &backup_id).await?;
        }
        let result = written?;
        // A lease that was lost while this process was paused must not lead to a commit.
        lease.check().await?;
        incoming.commit().await?;
        Ok(result)
    }

    async fn write_all(&self, archive: &mut dyn ArchivedBackup, incoming: &dyn IncomingCopy) -> Result<CopyResult> {
        let mut result = self.result(archive);
        let complete: HashSet<StoredFile> = incoming.complete_files().await?.into_iter().collect();
        let sizes = archive.files().files.iter().filter(|file| !complete.contains(*file)).map(|file| file.size_bytes);
        let required_bytes = sizes.fold(0_u64, u64::saturating_add);
        // An object store has no limit.
        if let Some(available_bytes) = self.destination.store.available_bytes().await? {
            self.destination.require_space(required_bytes, available_bytes)?;
        }
        self.destination.report_planned_bytes(required_bytes);
        while let Some(file) = archive.next().await? {
            if complete.contains(&file) {
                continue;
            }
            let content = self.content(archive, &file);
            incoming.write(&file, content).await.map_err(|error| self.of_archive(error))?;
            result.files_copied += 1;
            result.bytes_copied += file.size_bytes;
        }
        result.files_resumed = complete.len() as u64;
        result.files_copied += 1;
        result.bytes_copied += archive.files().commit.len() as u64;
        Ok(result)
    }

    /// Returns the content of a file, at the speed that is allowed.
    fn content<'b>(&'b self, archive: &'b mut dyn ArchivedBackup, file: &StoredFile) -> BoxStream<'b, Result<Bytes>> {
        let path = file.path.clone();
        let pieces = archive.content().and_then(move |piece| {
            let file = path.clone();
            async move {
                let bytes = piece.len() as u64;
                self.destination.pass_bytes(self.bandwidth.as_ref(), file, bytes).await;
                Ok(piece)
            }
        });
        pieces.boxed()
    }

    /// Turns damage of a file that was read into damage of the archive.
    fn of_archive(&self, error: Error) -> Error {
        match error {
            Error::Corrupted { message, .. } => Error::ArchiveDamaged { archive: self.name.to_owned(), message },
            other => other,
        }
    }
}
