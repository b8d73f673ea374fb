//! Small operations on the objects of one backup.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{Error, Result};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::error::storage;
use crate::layout::{METADATA, VERIFICATION};

/// The largest document that is read, where [`document_limit`] sets no lower limit.
const MAX_DOCUMENT_BYTES: u64 = 256 << 20;
/// The largest `metadata.json`. Tens of thousands of chunks fit.
const MAX_METADATA_BYTES: u64 = 64 << 20;
/// The largest `verification.json`: a few records.
const MAX_VERIFICATION_BYTES: u64 = 1 << 20;

/// How often a document is read back before it is taken for another's.
const READS_BACK: usize = 3;

/// Returns the largest size in bytes at which a document of this name, or at this path, is read.
pub(crate) fn document_limit(path: &str) -> u64 {
    match path.rsplit('/').next() {
        Some(METADATA) => MAX_METADATA_BYTES,
        Some(VERIFICATION) => MAX_VERIFICATION_BYTES,
        _ => MAX_DOCUMENT_BYTES,
    }
}

/// Checks that a document of this size would be read again.
pub(crate) fn check_size(file: &str, bytes: u64) -> std::result::Result<(), String> {
    let limit = document_limit(file);
    if bytes <= limit { Ok(()) } else { Err(format!("{bytes} bytes exceed the limit of {limit}")) }
}

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

    /// Reads the whole of a document, or returns `None` where there is none. One that is too large is refused by its size,
    /// before it is read.
    pub(crate) async fn read_document(&self, file: &str) -> Result<Option<Bytes>> {
        let path = self.object(file)?;
        let found = match self.store.get(&path).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(storage("read", &path, source)),
        };
        check_size(file, found.meta.size).map_err(|message| crate::error::corrupted(&self.path, file, message))?;
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

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_document_is_refused_by_its_size() {
        let directory = Directory { store: Arc::new(InMemory::new()), path: "items/backup".to_owned() };
        let bytes = Bytes::from(vec![0; (1 << 20) + 1]);
        directory.write_document(VERIFICATION, bytes.clone()).await.unwrap();
        let error = directory.read_document(VERIFICATION).await.unwrap_err();
        assert!(error.to_string().ends_with("verification.json: 1048577 bytes exceed the limit of 1048576"), "{error}");
        directory.write_document("schema.json", bytes).await.unwrap();
        assert!(directory.read_document("schema.json").await.unwrap().is_some());
    }

    #[test]
    fn limits_hold_for_names_and_paths() {
        assert_eq!(document_limit("items/20261122T073015Z-4f9c2a7e/metadata.json"), 64 << 20);
        assert_eq!(document_limit("verification.json"), 1 << 20);
        assert_eq!(document_limit("data/verification.json.parquet"), 256 << 20);
    }
}
