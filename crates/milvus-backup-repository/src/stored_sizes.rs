//! The last look at the files of a backup before its commit: an upload that succeeded is a claim.
//!
//! A proxy can truncate a request, and a store that compares no digest then keeps a shorter object.

use std::collections::HashMap;

use milvus_backup_core::{Error, Result};
use milvus_backup_storage::Directory;

/// Checks that the store has every file, in the size in which it was written, and returns all files of the directory.
///
/// # Errors
/// [`Error::Storage`] with the first file that differs.
pub(crate) async fn require_stored<'a>(
    directory: &Directory,
    written: impl IntoIterator<Item = (&'a str, u64)>,
) -> Result<Vec<String>> {
    let stored: HashMap<String, u64> = directory.list().await?.into_iter().collect();
    for (file, size) in written {
        let found = match stored.get(file) {
            Some(found) if *found == size => continue,
            Some(found) => format!("the store has {found} bytes of it, but {size} were written"),
            None => "the store does not list it, although it was written".to_owned(),
        };
        return Err(Error::Storage {
            action: "write".to_owned(),
            path: format!("{}/{file}", directory.path()),
            permission: false,
            retryable: true,
            source: found.into(),
        });
    }
    Ok(stored.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use milvus_backup_storage::Storage;
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_file_that_is_shorter_or_missing_is_named() {
        let directory = Storage::from_store(Arc::new(InMemory::new()), "memory").directory("items/backup");
        directory.write_document("data/p.parquet", Bytes::from_static(b"12345")).await.unwrap();
        assert!(require_stored(&directory, [("data/p.parquet", 5)]).await.is_ok());
        for (file, size) in [("data/p.parquet", 6), ("data/q.parquet", 5)] {
            let error = require_stored(&directory, [("data/p.parquet", 5), (file, size)]).await.unwrap_err();
            assert!(error.to_string().contains(file) && error.retryable(), "{error}");
        }
    }
}
