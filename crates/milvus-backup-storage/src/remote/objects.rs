//! The medium of an object store.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use milvus_backup_core::Result;

use super::client::StoreTime;
use super::uploads::OpenUploads;
use crate::medium::Medium;

/// The medium of an object store: it has neither directories nor links, and reports no limit of its space.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// The uploads that were started, if the store can list them.
    uploads: Option<Arc<dyn OpenUploads>>,
    /// Set for a store behind a network.
    time: Option<StoreTime>,
}

impl Objects {
    /// Creates the medium of a store behind a network.
    pub(super) fn remote(uploads: Option<Arc<dyn OpenUploads>>, time: StoreTime) -> Self {
        Self { uploads, time: Some(time) }
    }
}

#[async_trait]
impl Medium for Objects {
    fn local_root(&self) -> Option<&Path> {
        None
    }

    fn exists(&self) -> Result<bool> {
        Ok(true)
    }

    fn create(&self) -> Result<()> {
        Ok(())
    }

    fn available_bytes(&self) -> Result<Option<u64>> {
        Ok(None)
    }

    async fn refuse_links(&self, _directory: &str) -> Result<()> {
        Ok(())
    }

    async fn refuse_links_to(&self, _object: &str) -> Result<()> {
        Ok(())
    }

    async fn sync(&self, _directory: &str) -> Result<()> {
        Ok(())
    }

    async fn remove_directory(&self, _directory: &str) -> Result<()> {
        Ok(())
    }

    fn remove_empty(&self, _directory: &str) {}

    fn remove_temporary_files(&self, _directory: &str, _unchanged_since: Option<SystemTime>) {}

    async fn open_uploads(&self, directory: &str) -> Result<Vec<String>> {
        match &self.uploads {
            Some(uploads) => uploads.files(directory).await,
            None => Ok(Vec::new()),
        }
    }

    async fn abort_uploads(&self, directory: &str) -> Result<()> {
        match &self.uploads {
            Some(uploads) => uploads.abort(directory).await,
            None => Ok(()),
        }
    }

    fn is_remote(&self) -> bool {
        self.time.is_some()
    }

    fn store_time(&self) -> Option<jiff::Timestamp> {
        self.time.as_ref().and_then(StoreTime::last)
    }
}
