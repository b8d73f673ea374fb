//! One run of a restore.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use milvus_backup_core::{
    BackupId, Capabilities, CollectionName, CollectionRef, Error, PinnedCollection, RestoreParams,
};

/// One run of a restore, as far as cleaning up after it needs to know.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The collection whose backup is read.
    pub(super) source: CollectionRef,
    pub(super) target: CollectionName,
    pub(super) staging: CollectionName,
    pub(super) randomness: [u8; 4],
    /// Whether there may be something to clean up when the attempt fails.
    pub(super) touched: AtomicBool,
    /// Whether the target itself is being filled.
    pub(super) in_place: AtomicBool,
    /// Whether the collection that is being filled was made by this attempt.
    pub(super) created: AtomicBool,
    /// The collection that has the name of the target: it is to be replaced, or filled.
    pub(super) existing: OnceLock<PinnedCollection>,
    /// The aliases of that collection, which a replacement takes over.
    pub(super) existing_aliases: OnceLock<Vec<String>>,
}

impl Attempt {
    pub(super) fn new(
        source: CollectionRef,
        staging: CollectionName,
        target: CollectionName,
        randomness: [u8; 4],
    ) -> Self {
        Self {
            source,
            target,
            staging,
            randomness,
            touched: AtomicBool::new(false),
            in_place: AtomicBool::new(false),
            created: AtomicBool::new(false),
            existing: OnceLock::new(),
            existing_aliases: OnceLock::new(),
        }
    }

    /// The collection to fill: the staging collection, or the target itself where the server cannot rename.
    pub(super) fn filled(&self, params: &RestoreParams, capabilities: &Capabilities) -> CollectionName {
        if capabilities.rename && !params.into_existing {
            return self.staging.clone();
        }
        self.in_place.store(true, Ordering::Release);
        self.target.clone()
    }

    /// The collection to drop when the attempt fails. Where the server cannot rename, the target itself is filled, and
    /// is dropped only if it was we who made it.
    pub(super) fn doomed(&self) -> Option<&CollectionName> {
        match self.in_place.load(Ordering::Acquire) {
            true if !self.created.load(Ordering::Acquire) => None,
            true => Some(&self.target),
            false => Some(&self.staging),
        }
    }

    /// Whether Milvus refused to create the collection, so that there is nothing to clean up.
    pub(super) fn created_nothing(&self, error: &Error) -> bool {
        let refused = matches!(
            error,
            Error::PermissionDenied { .. }
                | Error::Authentication { .. }
                | Error::ServerLimit { .. }
                | Error::Unsupported { .. }
        );
        refused && !self.created.load(Ordering::Acquire)
    }

    pub(super) fn failure(&self, backup_id: &BackupId, source: Error) -> Error {
        Error::Restore { backup_id: backup_id.clone(), target: self.target.to_string(), source: Box::new(source) }
    }
}
