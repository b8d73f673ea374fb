//! The marker of a repository: created with its first backup, and read before anything else.

use milvus_backup_core::{Environment, Error, Result};
use milvus_backup_storage::ProbeExtent;
use milvus_backup_storage::error::is_conflict;

use crate::documents::{MarkerDocument, from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::REPOSITORY;
use crate::process::random_hex;

impl RepositoryHandle {
    /// Creates the root, checks that this version may write to it, and drafts a marker for a repository that has none
    /// yet. The first commit writes it: an operation that fails earlier leaves no files. An object store without a marker
    /// is probed for the promises that backups rely on.
    ///
    /// # Errors
    /// [`Error::Refused`] for a repository that only a newer version may change, [`Error::UnsafeStorage`],
    /// [`Error::Storage`].
    pub async fn prepare(&self, environment: &Environment) -> Result<()> {
        match self.marker().await? {
            Some(marker) => marker.require_writable(self.storage().location())?,
            None if self.drafted_marker().get().is_some() => {}
            None => {
                if self.storage().is_remote() {
                    let report = self.storage().probe(environment, ProbeExtent::Vital).await?;
                    self.require_safe(report.broken()?)?;
                }
                let id = random_hex(environment.entropy.as_ref(), 4)?;
                self.drafted_marker().get_or_init(|| MarkerDocument::new(id, environment.clock.now()));
            }
        }
        self.storage().create()
    }

    /// Refuses a store that breaks promises, unless the caller has allowed it.
    fn require_safe(&self, broken: Vec<String>) -> Result<()> {
        let path = self.storage().location().to_owned();
        if broken.is_empty() {
            return Ok(());
        }
        let error = Error::UnsafeStorage { path, broken };
        if !self.storage().allows_unsafe() {
            return Err(error);
        }
        tracing::warn!(
            "{error}. This was allowed: locks do not protect, and two operations at the same time can destroy each \
             other's backups"
        );
        Ok(())
    }

    /// Writes the marker if there is none. If several processes create it, one wins and the others use its marker.
    pub(crate) async fn create_marker(&self) -> Result<()> {
        if self.known_marker().get().is_none()
            && let Some(draft) = self.drafted_marker().get()
        {
            match self.root().create_document(REPOSITORY, to_bytes(draft)?).await {
                Ok(_) => drop(self.known_marker().set(draft.clone())),
                // Another process created it first.
                Err(error) if is_conflict(&error) => {}
                Err(error) => return Err(error),
            }
        }
        self.require_writable().await
    }

    /// Checks that this version may read the repository. A root without a marker is readable: it holds no backup yet,
    /// or only directories that were copied there.
    ///
    /// # Errors
    /// [`Refused`](milvus_backup_core::Error::Refused) for a repository that only a newer version may read, [`UnsupportedFormatVersion`](milvus_backup_core::Error::UnsupportedFormatVersion),
    /// [`Corrupted`](milvus_backup_core::Error::Corrupted), [`Storage`](milvus_backup_core::Error::Storage).
    pub async fn require_readable(&self) -> Result<()> {
        self.marker().await?.map_or(Ok(()), |marker| marker.require_readable(self.storage().location()))
    }

    /// Checks that this version may change the repository.
    ///
    /// # Errors
    /// The errors of [`RepositoryHandle::require_readable`].
    pub async fn require_writable(&self) -> Result<()> {
        self.marker().await?.map_or(Ok(()), |marker| marker.require_writable(self.storage().location()))
    }

    /// Reads the marker once, and caches it if it exists.
    async fn marker(&self) -> Result<Option<&MarkerDocument>> {
        if let Some(marker) = self.known_marker().get() {
            return Ok(Some(marker));
        }
        let root = self.root();
        let Some(bytes) = read_document(&root, REPOSITORY).await? else { return Ok(None) };
        let marker: MarkerDocument = from_bytes(self.storage().location(), REPOSITORY, &bytes)?;
        Ok(Some(self.known_marker().get_or_init(|| marker)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use milvus_backup_core::{CollectionRef, ErrorKind, Hint, Operation};
    use milvus_backup_storage::{Storage, StoreOptions};
    use object_store::memory::InMemory;

    use super::*;
    use crate::test_environment::environment;

    /// Returns handles of two processes with the same root.
    fn two() -> [RepositoryHandle; 2] {
        let store = Arc::new(InMemory::new());
        [(); 2].map(|()| RepositoryHandle::new(Storage::from_store(store.clone(), "memory")))
    }

    #[tokio::test]
    async fn of_two_that_create_a_repository_one_wins_and_both_use_it() {
        let [one, other] = two();
        for repository in [&one, &other] {
            repository.prepare(&environment()).await.unwrap();
        }
        assert_eq!(one.root().list().await.unwrap(), [], "nothing is written before the first commit");
        for repository in [&one, &other] {
            repository.create_marker().await.unwrap();
        }
        assert!(one.marker().await.unwrap().is_some());
        assert_eq!(one.marker().await.unwrap(), other.marker().await.unwrap());
    }

    #[test]
    fn an_unsafe_store_is_refused_unless_it_is_allowed() {
        for (allowed, accepted) in [(false, false), (true, true)] {
            let options = StoreOptions::default().with_unsafe_allowed(allowed);
            let repository = RepositoryHandle::new(Storage::open_with("s3://bucket/root", &options).unwrap());
            assert!(repository.require_safe(Vec::new()).is_ok());
            let outcome = repository.require_safe(vec!["it ignores the condition of a conditional put".to_owned()]);
            assert_eq!(outcome.is_ok(), accepted);
            if let Err(error) = outcome {
                let expected = "the store at `s3://bucket/root` is not safe for backups: it ignores the condition of a \
                                conditional put";
                assert_eq!(error.to_string(), expected);
                assert_eq!(error.hint(), Some(Hint::AllowUnsafeStorage));
                assert_eq!(error.kind(), ErrorKind::Refused);
            }
        }
    }

    #[tokio::test]
    async fn a_newer_repository_is_not_changed_and_one_with_reader_features_is_not_read() {
        let items = CollectionRef::new("", "items".parse().unwrap()).unwrap();
        for (member, readable) in [("writer_features", true), ("reader_features", false)] {
            let [repository, _] = two();
            let mut marker = serde_json::json!({
                "format_version": 1, "repository_id": "0", "created_at": "2026-11-25T12:00:00Z",
                "reader_features": [], "writer_features": [],
            });
            marker[member] = serde_json::json!(["shared-chunks"]);
            repository.root().write_document(REPOSITORY, to_bytes(&marker).unwrap()).await.unwrap();
            assert_eq!(repository.list_backups(None).await.is_ok(), readable, "{member}");
            assert_eq!(repository.find_incomplete().await.is_ok(), readable, "{member}");
            let lease = repository.lease(&items, Operation::Create, &environment()).await;
            assert!(matches!(lease, Err(Error::Refused { .. })), "{member}");
            assert!(repository.prepare(&environment()).await.is_err(), "{member}");
        }
    }
}
