//! The storage in which Milvus keeps its own data, as a source of rows.

use std::sync::Arc;

use milvus_backup_client::MilvusConnection;
use milvus_backup_core::{BackupRecoveryConfig, Environment, Error, Result, RowSource, SegmentCatalog};
use milvus_backup_segments::SegmentSource;
use milvus_backup_storage::{Storage, StoreOptions};

use crate::command_error::CommandError;

/// The share of the memory limit that the keys and deletes of segments may take.
const SHARE_OF_KEYS: u64 = 4;

/// Returns the segment files of a server in its storage. Nothing is read yet.
///
/// # Errors
/// Those of [`Storage::open_with`].
pub(crate) fn segments(
    location: &str,
    milvus: &Arc<MilvusConnection>,
    config: &BackupRecoveryConfig,
    environment: &Environment,
) -> Result<Arc<dyn RowSource>> {
    // The files of a moment are held open, so that they stay readable.
    crate::descriptors::raise_limit();
    let storage = open(location, config, environment)?;
    let catalog: Arc<dyn SegmentCatalog> = Arc::<MilvusConnection>::clone(milvus);
    let memory_limit_bytes = config.memory_limit_bytes / SHARE_OF_KEYS;
    Ok(Arc::new(SegmentSource::new(catalog, storage, environment.clone(), memory_limit_bytes)))
}

/// Returns the options of the client of the storage.
pub(crate) fn options(config: &BackupRecoveryConfig) -> StoreOptions {
    StoreOptions::default()
        .with_environment(crate::store_environment::variables_of_milvus())
        .with_retries(config.retry_policy())
}

/// Opens the storage of Milvus. Nothing is read yet.
///
/// # Errors
/// Those of [`Storage::open_with`].
pub(crate) fn open(location: &str, config: &BackupRecoveryConfig, environment: &Environment) -> Result<Storage> {
    Ok(Storage::open_with(location, &options(config))?.with_retries(config.retry_policy(), environment))
}

/// Returns the error for segment files that were demanded without their storage.
pub(crate) fn missing() -> CommandError {
    let error = Error::InvalidParameter {
        field: "source".to_owned(),
        value: "segments".to_owned(),
        limit: "`query` or `auto` if the storage of Milvus is not given".to_owned(),
    };
    CommandError::new(error, Some("name the storage of Milvus with --milvus-storage".to_owned()))
}
