//! What cleaning up after a create needs to know of it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use milvus_backup_core::{BackupId, BackupVersion, CollectionRef, Error, Lease, PinnedCollection, Result};

use super::shortage::Shortage;

/// One run of a create, as far as cleaning up after it needs to know.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The collection by its own name, also where an alias was asked for.
    pub(super) collection: CollectionRef,
    pub(super) pin: PinnedCollection,
    pub(super) backup_id: BackupId,
    pub(super) created_at: jiff::Timestamp,
    /// Whether it goes on with what another attempt wrote.
    pub(super) resumed: bool,
    pub(super) lock: OnceLock<Arc<dyn Lease>>,
    pub(super) loaded_by_us: OnceLock<Loaded>,
    /// The backups of the collection before this one.
    pub(super) previous: OnceLock<Vec<BackupVersion>>,
    /// Partitions of which the server finds fewer rows than it has stored.
    pub(super) shortages: OnceLock<Vec<Shortage>>,
    pub(super) writing: AtomicBool,
}

/// What an attempt loaded into memory, and so releases at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loaded {
    /// The whole collection.
    Collection,
    /// These partitions.
    Partitions(Vec<String>),
}

impl Attempt {
    pub(super) fn new(
        collection: CollectionRef,
        pin: PinnedCollection,
        backup_id: BackupId,
        created_at: jiff::Timestamp,
    ) -> Self {
        Self {
            collection,
            pin,
            backup_id,
            created_at,
            resumed: false,
            lock: OnceLock::new(),
            loaded_by_us: OnceLock::new(),
            previous: OnceLock::new(),
            shortages: OnceLock::new(),
            writing: AtomicBool::new(false),
        }
    }

    /// Returns the epoch of the lease, once it is certain that it is still held.
    pub(super) async fn require_lock(&self) -> Result<u64> {
        match self.lock.get() {
            Some(lock) => lock.check().await,
            None => Err(Error::Internal { action: "commit a backup".to_owned(), source: "no lease was taken".into() }),
        }
    }

    pub(super) fn failure(&self, source: Error, resumable: bool) -> Error {
        Error::Backup {
            collection: self.collection.to_string(),
            backup_id: Some(self.backup_id.clone()),
            resumable,
            source: Box::new(source),
        }
    }
}
