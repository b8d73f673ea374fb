//! The object store over a local directory.

use std::path::Path as FilePath;
use std::sync::Arc;

use milvus_backup_core::Result;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;

use crate::error::storage;

/// Returns a store over absolute paths, rooted at the file system so that the directory need not exist yet.
pub(crate) fn local_store(directory: &FilePath) -> Result<Arc<dyn ObjectStore>> {
    let prefix =
        Path::from_absolute_path(directory).map_err(|source| storage("open", directory.display(), source.into()))?;
    let store = LocalFileSystem::new().with_fsync(true).with_automatic_cleanup(false);
    #[cfg(target_os = "linux")]
    let store = super::DirectFiles::new(store);
    Ok(Arc::new(PrefixStore::new(store, prefix)))
}
