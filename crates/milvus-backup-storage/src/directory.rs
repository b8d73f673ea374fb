//! [`Directory`]: documents and other objects below one path.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use milvus_backup_core::{Error, Result};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::error::{corrupted, exists_already, is_unsupported, storage};
use crate::transfer_rules::TransferRules;

/// Number of times a document is read back before it is treated as another process's.
const READS_BACK: usize = 3;

/// Number of attempts to create a document that the store refuses although there is none.
const CREATES: usize = 3;

/// A document that was read back after a failed write.
enum Found {
    /// The document that was to be written.
    Same,
    /// Another one, or one that cannot be read.
    Other,
    Nothing,
}

/// An object below a directory, as a listing reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path relative to the directory.
    pub file: String,
    /// The size in bytes.
    pub size: u64,
    /// The entity tag, without quotation marks; `None` if the store reports none.
    pub e_tag: Option<String>,
    /// The time of the last change by the clock of the store, in whole seconds.
    pub modified_at: Timestamp,
}

/// The objects below one directory of the repository.
#[derive(Debug, Clone)]
pub struct Directory {
    store: Arc<dyn ObjectStore>,
    path: String,
    rules: TransferRules,
}

impl Directory {
    /// Names the objects below `path`, whose segments must already be safe.
    pub fn new(store: Arc<dyn ObjectStore>, path: impl Into<String>) -> Self {
        Self { store, path: path.into(), rules: TransferRules::default() }
    }

    pub(crate) fn with_rules(self, rules: TransferRules) -> Self {
        Self { rules, ..self }
    }

    pub(crate) fn rules(&self) -> &TransferRules {
        &self.rules
    }

    /// Returns the store that holds the objects.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// Returns the path from the root, without a slash at either end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path of `file` from the root. Its segments must already be safe; an empty one is the directory
    /// itself.
    ///
    /// # Errors
    /// [`Error::Storage`] for a path that is not valid for an object.
    pub fn object(&self, file: &str) -> Result<Path> {
        let path = match (self.path.as_str(), file) {
            ("", path) | (path, "") => path.to_owned(),
            (path, file) => format!("{path}/{file}"),
        };
        Path::parse(&path).map_err(|source| storage("name", &path, source.into()))
    }

    /// Returns the number of ranges of an object that are to be requested in advance, so that the latency of the store
    /// does not limit the rate.
    pub fn ranges_ahead(&self) -> usize {
        self.rules.ranges_ahead
    }

    /// Returns the size in bytes of the ranges in which a large object is read.
    pub fn range_bytes(&self) -> u64 {
        self.rules.range_bytes
    }

    /// Reads a complete document, or returns `None` if there is none. One of more than `limit` bytes is rejected by its
    /// size, before it is read.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Corrupted`] for a document that is too large.
    pub async fn read_document(&self, file: &str, limit: u64) -> Result<Option<Bytes>> {
        let path = self.object(file)?;
        let found = match self.store.get(&path).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(storage("read", &path, source)),
        };
        if found.meta.size > limit {
            let message = format!("{} bytes exceed the limit of {limit}", found.meta.size);
            return Err(corrupted(&self.path, file, message));
        }
        found.bytes().await.map(Some).map_err(|source| storage("read", &path, source))
    }

    /// Returns the size of an object in bytes, or `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store cannot be read.
    pub async fn size(&self, file: &str) -> Result<Option<u64>> {
        let path = self.object(file)?;
        match self.store.head(&path).await {
            Ok(found) => Ok(Some(found.size)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(source) => Err(storage("read", &path, source)),
        }
    }

    /// Writes a document, replacing an existing one.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store cannot be written to.
    pub async fn write_document(&self, file: &str, bytes: Bytes) -> Result<()> {
        let path = self.object(file)?;
        self.store.put(&path, bytes.into()).await.map_err(|source| storage("write", &path, source))?;
        Ok(())
    }

    /// Writes a document only if there is none. Returns its entity tag, without quotation marks; `None` if the store
    /// reports none, or if the response was lost.
    ///
    /// A failure does not prove that nothing was written, and a document that the store reports may be our own, from an
    /// attempt whose response was lost. It is therefore read back and compared, repeatedly if it differs, since a
    /// response can be damaged in flight. A store that refuses because of a concurrent create, and then has no document,
    /// is asked again.
    ///
    /// # Errors
    /// [`Error::Storage`]; [`is_conflict`](crate::error::is_conflict) returns whether another process was first.
    pub async fn create_document(&self, file: &str, bytes: Bytes) -> Result<Option<String>> {
        let path = self.object(file)?;
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let mut attempt = 1;
        loop {
            let source = match self.store.put_opts(&path, bytes.clone().into(), options.clone()).await {
                Ok(created) => return Ok(created.e_tag.as_deref().map(unquoted)),
                Err(source) => source,
            };
            if self.rules.unconditional && is_unsupported(&source) {
                return self.create_unconditionally(file, bytes).await.map(|()| None);
            }
            match self.read_back(file, &bytes).await {
                Found::Same => return Ok(None),
                Found::Nothing if attempt < CREATES && exists_already(&source) => attempt += 1,
                Found::Nothing | Found::Other => return Err(storage("create", &path, source)),
            }
        }
    }

    /// Writes a document if none is found. Two processes that do so at the same time both succeed.
    async fn create_unconditionally(&self, file: &str, bytes: Bytes) -> Result<()> {
        if self.size(file).await?.is_some() {
            let (path, source) = (self.object(file)?, "it exists".into());
            let exists = StoreError::AlreadyExists { path: path.to_string(), source };
            return Err(storage("create", path, exists));
        }
        self.write_document(file, bytes).await
    }

    /// Compares a document with the one that should have been written.
    async fn read_back(&self, file: &str, expected: &Bytes) -> Found {
        let mut found = Found::Nothing;
        for _ in 0..READS_BACK {
            found = match self.read_document(file, expected.len() as u64).await {
                Ok(Some(bytes)) if bytes == *expected => return Found::Same,
                Ok(None) => Found::Nothing,
                Ok(Some(_)) | Err(_) => Found::Other,
            };
        }
        found
    }

    /// Lists every object below the directory, as path relative to it and size in bytes, in arbitrary order.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store cannot be listed.
    pub async fn list(&self) -> Result<Vec<(String, u64)>> {
        Ok(self.entries().await?.into_iter().map(|entry| (entry.file, entry.size)).collect())
    }

    /// Lists every object below the directory, with its entity tag, in arbitrary order.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store cannot be listed.
    pub async fn entries(&self) -> Result<Vec<Entry>> {
        let entry = |(file, object): (String, ObjectMeta)| Entry {
            file,
            size: object.size,
            e_tag: object.e_tag.as_deref().map(unquoted),
            modified_at: Timestamp::from_second(object.last_modified.timestamp()).unwrap_or_default(),
        };
        Ok(self.listed("").await?.into_iter().map(entry).collect())
    }

    /// Lists every object below `path`, with its path relative to the directory, in arbitrary order.
    pub(crate) async fn listed(&self, path: &str) -> Result<Vec<(String, ObjectMeta)>> {
        let (root, prefix) = (self.object("")?, self.object(path)?);
        let objects = self.store.list(Some(&prefix)).map_err(|source| storage("list", &prefix, source));
        objects
            .map(|object| {
                let object = object?;
                let relative = object
                    .location
                    .prefix_match(&root)
                    .map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"));
                match relative {
                    Some(relative) => Ok((relative, object)),
                    None => Err(Error::Protocol {
                        message: format!("the store listed `{}` below `{prefix}`", object.location),
                    }),
                }
            })
            .try_collect()
            .await
    }

    /// Deletes objects: those of a directory one after the other, those of a service as many at once as it accepts. One
    /// that does not exist is not an error.
    ///
    /// # Errors
    /// [`Error::Storage`]; some of the objects are then kept.
    pub async fn delete(&self, files: impl IntoIterator<Item = String>) -> Result<()> {
        let paths = files.into_iter().map(|file| self.object(&file)).collect::<Result<Vec<_>>>()?;
        if self.rules.deletes_at_once {
            return self.delete_at_once(paths).await;
        }
        for path in paths {
            self.delete_at_once(vec![path]).await?;
        }
        Ok(())
    }

    async fn delete_at_once(&self, paths: Vec<Path>) -> Result<()> {
        let shown = paths.first().map_or_else(String::new, ToString::to_string);
        let mut deleted = self.store.delete_stream(futures::stream::iter(paths).map(Ok).boxed());
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) | Err(StoreError::NotFound { .. }) => {}
                Err(source) => return Err(storage("delete", shown, source)),
            }
        }
        Ok(())
    }
}

/// Returns an entity tag in one form: some services quote it in responses to a write, and not in listings.
fn unquoted(e_tag: &str) -> String {
    e_tag.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_document_is_refused_by_its_size() {
        let directory = Directory::new(Arc::new(InMemory::new()), "items/backup");
        directory.write_document("schema.json", Bytes::from(vec![0; 11])).await.unwrap();
        let error = directory.read_document("schema.json", 10).await.unwrap_err();
        assert!(error.to_string().ends_with("schema.json: 11 bytes exceed the limit of 10"), "{error}");
        assert!(directory.read_document("schema.json", 11).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_listing_has_the_entity_tag_of_the_creation() {
        let directory = Directory::new(Arc::new(InMemory::new()), "items");
        let created = directory.create_document("a.json", Bytes::from_static(b"a")).await.unwrap();
        assert!(created.is_some());
        let [Entry { file, size, e_tag, .. }] = directory.entries().await.unwrap().try_into().unwrap();
        assert_eq!((file.as_str(), size, e_tag), ("a.json", 1, created));
    }
}
