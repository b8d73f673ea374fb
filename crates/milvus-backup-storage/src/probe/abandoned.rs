//! What interrupted probes leave in a store.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::Result;

use super::run::DIRECTORY;
use crate::storage::Storage;

/// The age from which the objects of a probe are abandoned. A probe takes seconds, and its calls are retried for minutes.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

impl Storage {
    /// Lists the directories of probes that were interrupted: those whose objects are all older than ten minutes at `now`.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage) if the store cannot be listed.
    pub async fn abandoned_probes(&self, now: Timestamp) -> Result<Vec<String>> {
        let mut abandoned = Vec::new();
        for name in self.subdirectories("").await? {
            if !name.starts_with(DIRECTORY) {
                continue;
            }
            let objects = self.directory(name.as_str()).entries().await?;
            if objects.is_empty() && self.is_remote() {
                // Some services list the prefix of deleted objects for a while.
                continue;
            }
            if objects.iter().all(|object| now.duration_since(object.modified_at) > ABANDONED) {
                abandoned.push(name);
            }
        }
        Ok(abandoned)
    }

    /// Removes the objects of an interrupted probe. A directory that is not one of a probe is left as it is.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage); some of the objects are then kept.
    pub async fn remove_probe(&self, name: &str) -> Result<()> {
        if !name.starts_with(DIRECTORY) || name.contains('/') {
            return Ok(());
        }
        self.abort_uploads(name).await?;
        let directory = self.directory(name);
        directory.delete(directory.list().await?.into_iter().map(|(file, _)| file)).await?;
        self.remove_directory(name).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn objects_of_a_probe_are_removed_once_no_probe_can_be_using_them() {
        let storage = Storage::from_store(Arc::new(InMemory::new()), "memory");
        for (directory, file) in [("milvus-br-probe-1", "first"), ("milvus-br-probe-1", "second"), ("films", "a")] {
            storage.directory(directory).write_document(file, Bytes::from_static(b"x")).await.unwrap();
        }
        let written = storage.directory("films").entries().await.unwrap()[0].modified_at;
        let after = |minutes| written + SignedDuration::from_mins(minutes);
        assert_eq!(storage.abandoned_probes(after(9)).await.unwrap(), Vec::<String>::new());
        assert_eq!(storage.abandoned_probes(after(11)).await.unwrap(), ["milvus-br-probe-1"]);
        for name in ["milvus-br-probe-1", "films", "milvus-br-probe-1/../films"] {
            storage.remove_probe(name).await.unwrap();
        }
        let left: Vec<_> = storage.directory("").list().await.unwrap().into_iter().map(|(file, _)| file).collect();
        assert_eq!(left, ["films/a"]);
    }
}
