//! Small operations on the objects of one backup.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{Error, Result};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::error::storage;

/// The largest document that is read. Hundreds of thousands of chunks fit.
pub(crate) const MAX_DOCUMENT_BYTES: u64 = 256 << 20;

/// How often a document is read back before it is taken for another's.
const READS_BACK: usize = 3;

/// The objects below one directory of the repository.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) path: String,
}

impl Directory {
    /// The path of `file`, whose segments are already safe.
    pub(crate) fn object(&self, file: &str) -> Result<Path> {
        let path = if file.is_empty() { self.path.clone() } else { format!("{}/{file}", self.path) };
        Path::parse(&path).map_err(|source| storage("name", &path, source.into()))
    }

    /// The whole of a document, or `None` where there is none.
    pub(crate) async fn read_document(&self, file: &str) -> Result<Option<Bytes>> {
        let path = self.object(file)?;
        let found = match self.store.get(&path).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(storage("read", &path, source)),
        };
        if found.meta.size > MAX_DOCUMENT_BYTES {
            return Err(crate::error::corrupted(&self.path, file, format!("{} bytes are too many", found.meta.size)));
        }
        found.bytes().await.map(Some).map_err(|source| storage("read", &path, source))
    }

    /// The size of a file in bytes, or `None` where there is none.
    pub(crate) async fn size(&self, file: &str) -> Result<Option<u64>> {
        let path = self.object(file)?;
        match self.store.head(&path).await {
            Ok(found) => Ok(Some(found.size)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(source) => Err(storage("read", &path, source)),
        }
    }

    /// Writes a document, replacing one that is there.
    pub(crate) async fn write_document(&self, file: &str, bytes: Bytes) -> Result<()> {
        let path = self.object(file)?;
        self.store.put(&path, bytes.into()).await.map_err(|source| storage("write", &path, source))?;
        Ok(())
    }

    /// Writes a document only if there is none.
    ///
    /// A failure does not say that nothing was written, and when the store says that there is a document, it may be
    /// our own, from an attempt whose answer was lost: so it is read back and compared, and again if it differs, since
    /// an answer can be damaged on its way.
    pub(crate) async fn create_document(&self, file: &str, bytes: Bytes) -> Result<()> {
        let path = self.object(file)?;
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&path, bytes.clone().into(), options).await {
            Ok(_) => Ok(()),
            Err(source) => {
                for _ in 0..READS_BACK {
                    if self.read_document(file).await.is_ok_and(|found| found.is_some_and(|found| found == bytes)) {
                        return Ok(());
                    }
                }
                Err(storage("create", &path, source))
            }
        }
    }

    /// Every object below the directory, as path relative to it and size.
    pub(crate) async fn list(&self) -> Result<Vec<(String, u64)>> {
        let prefix = self.object("")?;
        let objects = self.store.list(Some(&prefix)).map_err(|source| storage("list", &prefix, source));
        objects
            .map(|object| {
                let object = object?;
                let relative = object
                    .location
                    .prefix_match(&prefix)
                    .map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"));
                relative.map(|relative| (relative, object.size)).ok_or_else(|| Error::Protocol {
                    message: format!("the store listed `{}` below `{prefix}`", object.location),
                })
            })
            .try_collect()
            .await
    }

    /// Removes objects. One that is gone already is no error.
    pub(crate) async fn delete(&self, files: impl IntoIterator<Item = String>) -> Result<()> {
        for file in files {
            let path = self.object(&file)?;
            match self.store.delete(&path).await {
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(source) => return Err(storage("delete", &path, source)),
            }
        }
        Ok(())
    }
}
