//! [`RestoreJob`]: one restore, with what it knows and what it has to undo.

use std::collections::BTreeMap;
use std::sync::Arc;

use milvus_backup_core::{
    Capabilities, ChunkFiles, CollectionName, CollectionRef, PinnedCollection, RestoreMethod, RestoreParams, Result,
    StoredBackup,
};

use super::undo_step::Undo;
use crate::BackupManager;
use crate::maintain::staging_name;
use crate::undo_stack::UndoStack;

/// One restore of one backup.
#[derive(Debug)]
pub(super) struct RestoreJob<'a> {
    pub(super) manager: &'a BackupManager,
    pub(super) params: &'a RestoreParams,
    /// The collection whose backup is read.
    pub(super) source: CollectionRef,
    pub(super) backup: Arc<StoredBackup>,
    pub(super) target: CollectionName,
    pub(super) staging: CollectionName,
    pub(super) randomness: [u8; 4],
    pub(super) lifetime: Lifetime,
    /// The way in which rows are written: never [`RestoreMethod::Auto`] once it is decided.
    pub(super) method: RestoreMethod,
    /// The rows of a backup whose files another program wrote, once they are opened to be inserted.
    pub(super) rows: Option<Arc<dyn ChunkFiles>>,
    pub(super) phase: Phase,
    pub(super) undo: UndoStack<Undo>,
    /// Whether this job created the collection that is being filled.
    pub(super) created: bool,
    /// Properties that the server refused at the creation of the collection, which are set at the end.
    pub(super) postponed: BTreeMap<String, String>,
    /// The existing collection with the name of the target, which is to be replaced or filled.
    pub(super) existing: Option<PinnedCollection>,
    /// The aliases of that collection, which a replacement takes over.
    pub(super) existing_aliases: Vec<String>,
}

/// Whether the restored collection remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// The restored collection remains.
    Permanent,
    /// The caller drops it, and keeps it in the staging register until then.
    Temporary,
}

/// The phase of a restore, which determines the consequences of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was changed yet.
    Checking,
    /// A collection is created and filled, or an existing one is filled.
    Inserting,
    /// The collection has its name.
    Published,
}

impl<'a> RestoreJob<'a> {
    pub(super) fn new(
        manager: &'a BackupManager,
        source: &CollectionRef,
        backup: StoredBackup,
        params: &'a RestoreParams,
        lifetime: Lifetime,
    ) -> Result<Self> {
        let randomness = manager.repository.environment.entropy.bytes()?;
        let asked = params.target_collection_name.clone();
        let target = asked.unwrap_or_else(|| backup.metadata.collection_name.clone());
        Ok(Self {
            manager,
            params,
            source: source.clone(),
            backup: Arc::new(backup),
            staging: staging_name(&target, randomness)?,
            target,
            randomness,
            lifetime,
            method: params.method,
            rows: None,
            phase: Phase::Checking,
            undo: UndoStack::default(),
            created: false,
            postponed: BTreeMap::new(),
            existing: None,
            existing_aliases: Vec::new(),
        })
    }

    /// Returns whether an existing collection is replaced, and only a full one may replace it.
    pub(super) fn replaces_whole(&self) -> bool {
        self.existing.is_some() && self.params.drop_existing && !self.params.replace_with_part
    }

    /// Returns the collection to fill: the staging collection, or the target itself if the server cannot rename.
    pub(super) fn filled(&self, capabilities: &Capabilities) -> CollectionName {
        let renames = capabilities.rename && !self.params.into_existing;
        if renames { self.staging.clone() } else { self.target.clone() }
    }
}
