//! [`LocalStore`]: the repository as a [`BackupStore`].

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupMetadata, BackupPlan, BackupStorageType, BackupStore, CollectionLock,
    CollectionName, CollectionRef, Environment, Error, IncompleteBackup, InterruptedBackup, Listing, Operation,
    OwnerState, PendingBackup, Progress, RestorePlan, RestoredPartition, Result, RetryPolicy, RowSink, RowSource,
    UnfinishedCollection, VerificationParams, VerificationRecord, VerificationResult,
};

use object_store::ObjectStore;

use crate::layout::{DATA, JOURNAL, METADATA, UNFINISHED};
use crate::links::refuse_links;
use crate::objects::Directory;
use crate::root::{Root, available_bytes};

/// A repository of backups as plain Parquet files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LocalStore {
    pub(crate) root: Root,
}

impl LocalStore {
    /// Opens the repository below a directory. Nothing is made until a backup is written.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an empty root and for a URL.
    pub fn open(root: &str) -> Result<Self> {
        Ok(Self { root: Root::open(root)? })
    }

    /// With other retries of calls to the object store, and of data files that could not be written.
    #[must_use]
    pub fn with_retries(self, retries: RetryPolicy) -> Self {
        Self { root: self.root.with_retries(retries) }
    }

    /// With a layer between the object store and what is made of it here: to throttle, to count, or to let it fail.
    #[must_use]
    pub fn layered(self, layer: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        Self { root: self.root.layered(layer) }
    }

    /// The directory of one backup.
    pub(crate) fn backup(&self, collection: &CollectionRef, backup_id: &BackupId) -> Directory {
        Directory { store: Arc::clone(&self.root.store), path: format!("{}/{backup_id}", collection.directory()) }
    }

    pub(crate) fn not_found(&self, backup_id: &BackupId) -> Error {
        Error::BackupNotFound { backup: backup_id.to_string(), path: self.root.display.clone() }
    }
}

#[async_trait]
impl BackupStore for LocalStore {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::LocalFile
    }

    fn root(&self) -> &str {
        &self.root.display
    }

    async fn exists(&self) -> Result<bool> {
        self.root.exists()
    }

    async fn available_bytes(&self) -> Result<Option<u64>> {
        self.root.directory.as_deref().map(available_bytes).transpose()
    }

    async fn prepare(&self) -> Result<()> {
        self.root.create()
    }

    async fn lock(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn CollectionLock>> {
        crate::lock::acquire(self, collection, operation, environment).await
    }

    async fn write(
        &self,
        source: Arc<dyn RowSource>,
        plan: BackupPlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Box<dyn PendingBackup>> {
        Ok(Box::new(crate::write::write_backup(self, source, plan, progress).await?))
    }

    async fn encoded_bytes(&self, plan: &BackupPlan, rows: RecordBatch) -> Result<u64> {
        crate::write::encoded_bytes(plan.clone(), rows).await
    }

    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup> {
        self.find_interrupted(collection, backup_id).await
    }

    async fn resume(
        &self,
        source: Arc<dyn RowSource>,
        plan: BackupPlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Box<dyn PendingBackup>> {
        refuse_links(&self.root, &self.backup(&plan.collection, &plan.backup_id).path).await?;
        Ok(Box::new(crate::write::resume_backup(self, source, plan, progress).await?))
    }

    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        refuse_links(&self.root, &directory.path).await?;
        if directory.size(METADATA).await?.is_some() {
            return Ok(());
        }
        self.remove_all(&directory).await
    }

    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.list_backups(collection).await
    }

    async fn get(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.read_metadata(collection, backup_id).await
    }

    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.read_definition(metadata).await
    }

    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        progress: &dyn Progress,
    ) -> Result<VerificationResult> {
        crate::verify::verify_backup(self, collection, backup_id, params, now, progress).await
    }

    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
    ) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        crate::verify::keep_outcome(self, &directory, record.clone()).await
    }

    async fn restore_rows(
        &self,
        sink: Arc<dyn RowSink>,
        plan: RestorePlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Vec<RestoredPartition>> {
        crate::restore::restore_rows(self, sink, plan, progress).await
    }

    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        refuse_links(&self.root, &directory.path).await?;
        if directory.size(METADATA).await?.is_none() {
            return Err(self.not_found(backup_id));
        }
        // What we leave when we are killed is then known to be of a dead process. On a full disk it goes without.
        if let Err(error) = crate::leftovers::note_owner(&directory, None).await {
            tracing::warn!(error = error.full_message(), "cannot note who deletes the backup");
        }
        // The commit goes first: what is left when we are stopped after this is not a backup any more.
        directory.delete([METADATA.to_owned()]).await?;
        self.sync(&directory).await?;
        self.remove_all(&directory).await
    }

    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>> {
        self.find_incomplete().await
    }

    async fn note_collection(&self, collection: &CollectionRef, unfinished: &UnfinishedCollection) -> Result<()> {
        self.write_note(collection, unfinished).await
    }

    async fn forget_collection(&self, collection: &CollectionRef, name: &CollectionName) -> Result<()> {
        self.remove_note(collection, name).await
    }

    async fn unfinished_collections(&self) -> Result<Vec<(CollectionRef, UnfinishedCollection, OwnerState)>> {
        self.read_notes().await
    }
}

impl LocalStore {
    /// Makes what was removed from a directory stay removed when the power fails, before more is removed.
    async fn sync(&self, directory: &Directory) -> Result<()> {
        let Some(root) = &self.root.directory else { return Ok(()) };
        let path = root.join(&directory.path);
        let synced = tokio::task::spawn_blocking(move || std::fs::File::open(path)?.sync_all()).await;
        synced.map_err(crate::error::lost_task)?.map_err(|source| {
            let source = object_store::Error::Generic { store: "local", source: Box::new(source) };
            crate::error::storage("sync", &directory.path, source)
        })
    }

    /// Removes every object of a backup that is not committed, and the directories that held them.
    async fn remove_all(&self, directory: &Directory) -> Result<()> {
        let (owner, files): (Vec<_>, Vec<_>) =
            directory.list().await?.into_iter().map(|(file, _)| file).partition(|file| file == UNFINISHED);
        // The note of the owner goes last: as long as anything is left, it is known whose it is.
        directory.delete(files.into_iter().chain(owner)).await?;
        let Some(root) = self.root.directory.clone() else { return Ok(()) };
        let path = root.join(&directory.path);
        // A process that was killed leaves temporary files that no store lists.
        let removed = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(path)).await;
        match removed.map_err(crate::error::lost_task)? {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, directory = directory.path, "cannot remove the directory");
            }
            _ => self.remove_empty(&directory.path),
        }
        Ok(())
    }

    /// Removes what uploads left that had not ended when their process was killed, from the directories of a backup
    /// that nobody writes any more.
    pub(crate) fn remove_temporary_files(&self, backup: &Directory) {
        for below in ["", DATA, JOURNAL, "indexes"] {
            self.remove_temporary_files_in(&format!("{}/{below}", backup.path), Duration::ZERO);
        }
    }

    /// Removes such files of one directory, if they were not written to for so long. No store lists them: they have the
    /// name of the file, `#` and digits.
    pub(crate) fn remove_temporary_files_in(&self, path: &str, unchanged_for: Duration) {
        let Some(root) = &self.root.directory else { return };
        let is_temporary = |name: &str| {
            name.rsplit_once('#').is_some_and(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let is_old = |entry: &std::fs::DirEntry| {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified.elapsed().unwrap_or_default() >= unchanged_for)
        };
        for entry in std::fs::read_dir(root.join(path)).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_temporary) && is_old(&entry) {
                // One that stays is no part of any backup.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Removes a directory of the repository and the one around it where they are empty. Directories that are not
    /// stay: whatever is in them is not ours.
    pub(crate) fn remove_empty(&self, path: &str) {
        let Some(root) = &self.root.directory else { return };
        for path in std::path::Path::new(path).ancestors().filter(|path| !path.as_os_str().is_empty()) {
            // One that is gone already does not keep its parent.
            let _ = std::fs::remove_dir(root.join(path));
        }
    }
}
