//! Objects that another program writes and deletes: listed with their versions, and read only as they were listed.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::Result;
use object_store::path::Path;
use object_store::{Error as StoreError, GetOptions, GetRange, ObjectMeta};

use crate::directory::Directory;
use crate::error::storage;
use crate::window::split;

/// An object as a store lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionedObject {
    /// The path relative to the directory that was listed.
    pub path: String,
    /// The size in bytes.
    pub size_bytes: u64,
    /// The entity tag; on a disk, it consists of the inode, the time of the last change and the size. `None` if the
    /// store reports none.
    pub version: Option<String>,
}

impl Directory {
    /// Lists every object below `path`, with its version, in arbitrary order. Empty if there is none.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage) if the store cannot be listed.
    pub async fn list_versions(&self, path: &str) -> Result<Vec<VersionedObject>> {
        let versioned = |(path, object): (String, ObjectMeta)| VersionedObject {
            path,
            size_bytes: object.size,
            version: object.e_tag,
        };
        Ok(self.listed(path).await?.into_iter().map(versioned).collect())
    }

    /// Reads a range of an object, provided that it is still the one that was listed. A large range is read from a
    /// remote store in several requests at once.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage); [`is_gone`](crate::error::is_gone) returns whether the object was deleted or replaced.
    pub async fn read_version(&self, object: &VersionedObject, range: Range<u64>) -> Result<Bytes> {
        let path = self.object(&object.path)?;
        if self.ranges_ahead() <= 1 || range.end.saturating_sub(range.start) <= self.range_bytes() {
            return self.read_part(&path, object, range).await;
        }
        let parts = split(range, self.range_bytes());
        let parts = futures::stream::iter(parts.map(|part| self.read_part(&path, object, part)).collect::<Vec<_>>());
        let mut bytes = BytesMut::new();
        let mut parts = parts.buffered(self.ranges_ahead());
        while let Some(part) = parts.try_next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes.freeze())
    }

    async fn read_part(&self, path: &Path, object: &VersionedObject, range: Range<u64>) -> Result<Bytes> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let wanted = range.end - range.start;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            if_match: object.version.clone(),
            ..GetOptions::default()
        };
        let failed = |source| storage("read", path, source);
        let found = self.store().get_opts(path, options).await.map_err(failed)?;
        // A store may ignore the condition.
        let is_other = object.version.is_some() && found.meta.e_tag.is_some() && found.meta.e_tag != object.version;
        if is_other || found.meta.size != object.size_bytes {
            return Err(failed(replaced(path)));
        }
        let bytes = found.bytes().await.map_err(failed)?;
        if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(failed(replaced(path))) }
    }
}

fn replaced(path: &Path) -> StoreError {
    let source = "it is not the object any more that was listed".into();
    StoreError::Precondition { path: path.to_string(), source }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;
    use crate::Storage;
    use crate::error::is_gone;

    async fn directory(storage: &Storage) -> Directory {
        let directory = storage.directory("");
        directory.write_document("log/1/2", Bytes::from_static(b"abcdef")).await.unwrap();
        directory
    }

    async fn is_read_as_listed(storage: &Storage) {
        let directory = directory(storage).await;
        assert_eq!(directory.list_versions("other").await.unwrap(), []);
        let listed = directory.list_versions("log/1").await.unwrap();
        let [object] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((object.path.as_str(), object.size_bytes), ("log/1/2", 6));
        assert_eq!(directory.read_version(object, 1..3).await.unwrap(), "bc");
        let error = directory.read_version(object, 4..8).await.unwrap_err();
        assert!(error.to_string().contains("log/1/2"), "{error}");
        directory.write_document("log/1/2", Bytes::from_static(b"other!!")).await.unwrap();
        assert!(is_gone(&directory.read_version(object, 1..3).await.unwrap_err()));
        directory.delete(["log/1/2".to_owned()]).await.unwrap();
        assert!(is_gone(&directory.read_version(object, 1..3).await.unwrap_err()));
    }

    #[tokio::test]
    async fn an_object_is_read_only_as_it_was_listed() {
        is_read_as_listed(&Storage::from_store(Arc::new(InMemory::new()), "memory")).await;
        let root = tempfile::tempdir().unwrap();
        is_read_as_listed(&Storage::open(root.path().to_str().unwrap()).unwrap()).await;
    }
}
