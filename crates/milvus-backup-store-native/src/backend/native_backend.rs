//! [`NativeBackend`]: the tool as a [`Backend`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::{
    Backend, BackupStorageType, CollectionRef, Diagnosis, Environment, Operation, Payload, PayloadRequest,
    PayloadRestore, Progress, Result, SegmentCatalog, StoredBackup,
};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_segments::require_segments;
use milvus_backup_storage::Storage;
use milvus_backup_storage::error::blocking;
use tokio::sync::OnceCell;

use crate::configuration::ToolSettings;
use crate::namespace::Namespace;
use crate::rows::NativeFormat;
use crate::tool::Tool;

/// What a [`NativeBackend`] consists of.
#[derive(Debug, Clone)]
pub struct NativeBackendParts {
    /// The executable; `None` for the one on the path.
    pub executable: Option<PathBuf>,
    /// The directories in which it is looked for, in the form of the variable `PATH`.
    pub path: Option<OsString>,
    /// What the tool is told about both storages and the server.
    pub settings: ToolSettings,
    /// The server, by the calls for stored segments.
    pub catalog: Arc<dyn SegmentCatalog>,
    /// The storage of the server, opened by this program.
    pub milvus_storage: Storage,
    /// The repository of the backups.
    pub repository: RepositoryHandle,
    /// The reader of the files that the tool writes.
    pub format: NativeFormat,
    /// The source of time.
    pub environment: Environment,
}

/// The tool as a backend. It is looked for when it is first needed.
#[derive(Debug)]
pub struct NativeBackend {
    pub(super) parts: NativeBackendParts,
    tool: OnceCell<Tool>,
}

impl NativeBackend {
    /// Creates the backend. Nothing is run or read yet.
    pub fn new(parts: NativeBackendParts) -> Self {
        Self { parts, tool: OnceCell::new() }
    }

    /// Returns the tool, which is looked for and asked for its features once.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Unsupported`] for a program that is missing or too old.
    pub(super) async fn tool(&self) -> Result<&Tool> {
        let (named, path) = (self.parts.executable.clone(), self.parts.path.clone());
        let probe = || async {
            let probed = blocking(move || Tool::probe(Tool::find(named.as_deref(), path.as_deref())?)).await?;
            Ok::<_, milvus_backup_core::Error>(probed?)
        };
        let tool = self.tool.get_or_try_init(probe).await?;
        tool.require_trustworthy()?;
        Ok(tool)
    }
}

#[async_trait]
impl Backend for NativeBackend {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::MilvusNative
    }

    async fn require_usable(&self, operation: Operation, collection: &CollectionRef) -> Result<()> {
        self.tool().await?;
        Namespace::try_from(collection)?;
        self.require_paths()?;
        if operation == Operation::Create {
            let parts = &self.parts;
            require_segments(parts.catalog.as_ref(), &parts.milvus_storage, &collection.name).await?;
        }
        Ok(())
    }

    async fn diagnose(&self) -> Vec<Diagnosis> {
        self.diagnoses().await
    }

    async fn create(&self, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        self.created(request, progress).await
    }

    async fn obstacle_to_restore(&self, backup: &StoredBackup) -> Result<Option<String>> {
        self.obstacle(backup).await
    }

    async fn restore(&self, request: &PayloadRestore<'_>, progress: &dyn Progress) -> Result<()> {
        self.restored(request, progress).await
    }
}
