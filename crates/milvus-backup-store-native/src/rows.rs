//! The rows in the files of a native backup.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    ContentCheck, Environment, Error, NativePayload, PhysicalFormat, Result, ScanSession, StoredBackup,
};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_segments::{DirectoryLogs, FrozenSegments, SegmentRowsOptions, scan_frozen};
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::corrupted;

use crate::content::SegmentCheck;
use crate::directory::ToolDirectory;

/// The share of the memory limit that keys and deletes may take.
const SHARE_OF_KEYS: u64 = 4;

/// The files of committed native backups. Needs neither the tool nor a server.
#[derive(Debug, Clone)]
pub struct NativeFormat {
    repository: RepositoryHandle,
    options: SegmentRowsOptions,
    check: SegmentCheck,
}

impl NativeFormat {
    /// Creates a reader of the native backups of a repository. Keys and deletes take up to a quarter of
    /// `memory_limit_bytes`.
    ///
    /// # Errors
    /// [`Error::Internal`] if no random numbers can be had.
    pub fn new(repository: RepositoryHandle, memory_limit_bytes: u64, environment: &Environment) -> Result<Self> {
        let [high, low] = [environment.entropy.bytes()?, environment.entropy.bytes()?].map(u32::from_le_bytes);
        let seed = u64::from(high) << 32 | u64::from(low);
        let options = SegmentRowsOptions { memory_limit_bytes: memory_limit_bytes / SHARE_OF_KEYS, seed };
        Ok(Self { check: SegmentCheck::new(repository.clone(), options), repository, options })
    }

    /// Opens the rows of a collection in a directory that the tool has written: all that are visible after its deletes.
    ///
    /// # Errors
    /// Those of [`PhysicalFormat::open_rows`].
    pub async fn open_directory(
        &self,
        directory: &Directory,
        frozen: FrozenSegments,
        schema: &CollectionSchema,
    ) -> Result<Arc<dyn ScanSession>> {
        let logs = Arc::new(DirectoryLogs::new(directory.clone()));
        scan_frozen(Arc::new(schema.clone()), Arc::new(frozen), logs, self.options)
            .await
            .map_err(|error| of_backup(directory, error))
    }
}

#[async_trait]
impl PhysicalFormat for NativeFormat {
    async fn open_rows(&self, backup: &StoredBackup, schema: &CollectionSchema) -> Result<Arc<dyn ScanSession>> {
        let directory = self.repository.directory_of(&backup.metadata)?;
        let frozen = frozen_segments(&directory, backup).await?;
        self.open_directory(&directory, frozen, schema).await
    }

    fn content_check(&self) -> &dyn ContentCheck {
        &self.check
    }
}

/// Returns the logs of a committed backup, from the metadata of the tool and the manifest.
pub(crate) async fn frozen_segments(directory: &Directory, backup: &StoredBackup) -> Result<FrozenSegments> {
    let native = payload(backup)?;
    let objects = native.objects.iter().map(|object| (object.path.clone(), object.size_bytes));
    let files: BTreeMap<String, u64> = objects.collect();
    let tool = ToolDirectory::open(directory, &native.name, files).await?;
    tool.frozen(&backup.metadata.collection()?)
}

/// Returns the payload of a native backup.
///
/// # Errors
/// [`Error::Unsupported`] for a backup of another kind.
pub(crate) fn payload(backup: &StoredBackup) -> Result<&NativePayload> {
    let other = || Error::Unsupported { what: format!("reading {} as a native backup", backup.metadata.backup_id) };
    backup.manifest.native.as_ref().ok_or_else(other)
}

/// Returns the error for a damaged log of a backup, which is not one of the server.
pub(crate) fn of_backup(directory: &Directory, error: Error) -> Error {
    match error {
        Error::LogDamaged { file, message } => corrupted(directory.path(), &file, message),
        error => error,
    }
}
