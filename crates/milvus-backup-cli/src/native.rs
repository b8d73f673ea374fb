//! The backend that drives the milvus-backup tool, out of the options of a command.

use std::path::PathBuf;
use std::sync::Arc;

use milvus_backup_client::MilvusConnection;
use milvus_backup_core::{Backend, BackupRecoveryConfig, Environment, Error, Result};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::Place;
use milvus_backup_store_native::{
    MilvusServer, NativeBackend, NativeBackendParts, NativeFormat, ServerTls, ToolSettings,
};

/// What the backend needs besides the options.
#[derive(Debug)]
pub(crate) struct NativeInputs<'a> {
    /// The tool, unless it is the one on the path.
    pub(crate) executable: Option<PathBuf>,
    pub(crate) tls: ServerTls,
    pub(crate) config: &'a BackupRecoveryConfig,
    pub(crate) environment: &'a Environment,
    /// The address of Milvus, without a database.
    pub(crate) uri: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) milvus: &'a Arc<MilvusConnection>,
    /// The root of the storage of Milvus, if it is given.
    pub(crate) milvus_storage: Option<&'a str>,
    /// The root of the backups.
    pub(crate) root: &'a str,
    pub(crate) repository: RepositoryHandle,
}

/// Returns the backend. Nothing is run or read yet.
///
/// # Errors
/// [`Error::InvalidParameter`] without the storage of Milvus, and [`Error::Unsupported`] for what the tool cannot be told:
/// an API key, a storage of another kind, or Milvus Lite.
pub(crate) fn backend(inputs: NativeInputs<'_>) -> Result<Arc<dyn Backend>> {
    let NativeInputs { executable, tls, config, environment, uri, milvus, repository, .. } = inputs;
    if !uri.contains("://") {
        return Err(Error::Unsupported { what: "milvus-backup with Milvus Lite, which keeps no segments".to_owned() });
    }
    let location = inputs.milvus_storage.ok_or_else(|| Error::InvalidParameter {
        field: "milvus_storage".to_owned(),
        value: String::new(),
        limit: "the root of the storage of Milvus, which milvus-backup copies from".to_owned(),
    })?;
    let options = crate::milvus_storage::options(config);
    let settings = ToolSettings {
        server: MilvusServer::new(uri, inputs.token, tls)?,
        milvus_storage: Place::of(location, &options)?,
        backup_storage: Place::of(inputs.root, &crate::context::repository_options(config))?,
    };
    let format = format(&repository, config, environment)?;
    Ok(Arc::new(NativeBackend::new(NativeBackendParts {
        executable,
        path: std::env::var_os("PATH"),
        settings,
        catalog: Arc::<MilvusConnection>::clone(milvus),
        milvus_storage: crate::milvus_storage::open(location, config, environment)?,
        repository,
        format,
        environment: environment.clone(),
    })))
}

/// Returns the format of the backups of milvus-backup in a repository.
pub(crate) fn format(
    repository: &RepositoryHandle,
    config: &BackupRecoveryConfig,
    environment: &Environment,
) -> Result<NativeFormat> {
    NativeFormat::new(repository.clone(), config.memory_limit_bytes, environment)
}
