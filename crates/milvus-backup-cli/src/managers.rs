//! [`Managers`]: the databases of the server of a command, over one connection.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use milvus_backup_client::MilvusConnection;
use milvus_backup_core::{
    Backend, BackupRecoveryConfig, BackupStorageType, Environment, PhysicalFormat, Progress, Repository, Result,
    RowFormat, RowSource,
};
use milvus_backup_engine::{BackupManager, Databases};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_store_local::ParquetFormat;
use milvus_backup_store_native::ServerTls;

use crate::Layers;
use crate::native::NativeInputs;
use crate::settings::TlsSettings;

/// What a manager of any database of the server is built from.
pub(crate) struct Managers {
    /// The connection, to the database of the options.
    pub(crate) connection: Arc<MilvusConnection>,
    pub(crate) layers: Layers,
    pub(crate) repository: RepositoryHandle,
    pub(crate) config: BackupRecoveryConfig,
    pub(crate) environment: Environment,
    pub(crate) progress: Arc<dyn Progress>,
    /// The address of Milvus, without a database.
    pub(crate) uri: String,
    pub(crate) tls: TlsSettings,
    /// The tool of native backups, unless it is the one on the path.
    pub(crate) native_tool: Option<PathBuf>,
    /// The token for that tool.
    pub(crate) token: Option<String>,
}

impl fmt::Debug for Managers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Managers").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Databases for Managers {
    fn manager(&self, database: &str) -> Result<BackupManager> {
        self.manager_over(Arc::new(self.connection.in_database(database)?))
    }
}

impl Managers {
    /// Returns the manager of the database of the options.
    pub(crate) fn home(&self) -> Result<BackupManager> {
        self.manager_over(Arc::clone(&self.connection))
    }

    fn manager_over(&self, connection: Arc<MilvusConnection>) -> Result<BackupManager> {
        let segments = self.segments(&connection)?;
        let backend = self.backend(&connection)?;
        let repository: Arc<dyn Repository> = Arc::new(self.repository.clone());
        let format: Arc<dyn RowFormat> = Arc::new(ParquetFormat::new(self.repository.clone()));
        let physical: Arc<dyn PhysicalFormat> =
            Arc::new(crate::native::format(&self.repository, &self.config, &self.environment)?);
        let (config, environment) = (self.config.clone(), self.environment.clone());
        let manager = BackupManager::new((self.layers.milvus)(connection), repository, format, config, environment)?;
        let manager = manager.with_physical(physical).with_progress(Arc::clone(&self.progress));
        let manager = segments.into_iter().fold(manager, BackupManager::with_segments);
        Ok(backend.into_iter().fold(manager, BackupManager::with_backend))
    }

    /// Returns the segment files in the storage of Milvus, if it is given. Nothing is read yet.
    fn segments(&self, milvus: &Arc<MilvusConnection>) -> Result<Option<Arc<dyn RowSource>>> {
        let open = |location| crate::milvus_storage::segments(location, milvus, &self.config, &self.environment);
        self.config.milvus_storage.as_deref().map(open).transpose()
    }

    /// Returns the program that writes backups, if they are native.
    fn backend(&self, milvus: &Arc<MilvusConnection>) -> Result<Option<Arc<dyn Backend>>> {
        if self.config.default_storage_type != BackupStorageType::MilvusNative {
            return Ok(None);
        }
        let inputs = NativeInputs {
            executable: self.native_tool.clone(),
            tls: ServerTls {
                ca_certificate: self.tls.ca.clone(),
                server_name: self.tls.server_name.clone(),
                client_certificate: self.tls.cert.clone().zip(self.tls.key.clone()),
            },
            config: &self.config,
            environment: &self.environment,
            uri: &self.uri,
            token: self.token.as_deref(),
            milvus,
            milvus_storage: self.config.milvus_storage.as_deref(),
            root: &self.config.local_backup_root_path,
            repository: self.repository.clone(),
        };
        crate::native::backend(inputs).map(Some)
    }
}
