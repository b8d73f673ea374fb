//! Orphaned items of interrupted operations: incomplete backups and staging collections. They are removed once no process
//! can be using them.
//!
//! Must always hold: nothing is removed that is committed, that belongs to a running process, or that is younger than
//! [`SAFETY_AGE`], unless its process is known to have exited. A collection is dropped only under a name that a restore or
//! a deep verification generated.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{
    BackupId, CollectionName, CollectionRef, Error, IncompleteBackup, OwnerState, ProgressEvent, Result,
    StagingCollection,
};
use serde::Serialize;

use super::staging::{PROTECTION_PREFIX, STAGING_PREFIX, SwapState};
use crate::verify::VERIFICATION_PREFIX;
use crate::{BackupManager, BackupRepository};

/// The age from which an item is removed although the state of its owner process is unknown.
pub const SAFETY_AGE: SignedDuration = SignedDuration::from_hours(24);

/// An item of an interrupted operation, and whether it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// The kind of the item.
    pub kind: OrphanKind,
    /// The identifier of the backup, or the name of the collection or of the objects.
    pub name: String,
    /// The collection of the backup or of the lock, or the target of the restore; empty if there is none.
    pub collection_name: String,
    /// Size of its files in bytes; 0 for a collection.
    pub size_bytes: u64,
    /// Whether it is removed; in a dry run, whether it would be.
    pub removed: bool,
    /// The reason for this decision.
    pub reason: String,
}

/// The kinds of [`Orphan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrphanKind {
    /// An incomplete backup in the repository.
    Backup,
    /// A collection with a temporary name in Milvus.
    Collection,
    /// A snapshot in Milvus that protects segments from compaction.
    Protection,
    /// The lock of a collection.
    Lock,
    /// The objects of an examination of the store.
    Probe,
}

/// Returns whether an item can be removed, and the reason.
fn decision(owner: OwnerState, started: Option<Timestamp>, now: Timestamp) -> (bool, &'static str) {
    match owner {
        OwnerState::Running => (false, "in progress"),
        OwnerState::Dead => (true, "its process has exited"),
        OwnerState::Unknown => match started {
            // If the clock was set back, the item appears to be from the future, which does not make it old.
            Some(started) if now.duration_since(started) > SAFETY_AGE => {
                (true, "its owner is unknown, and it is older than 24 hours")
            }
            _ => (false, "its owner is unknown, and it is not older than 24 hours"),
        },
    }
}

impl BackupRepository {
    /// Removes what interrupted operations left in the repository and no process can be using: incomplete backups, locks,
    /// and objects of an examination of the store. With `dry_run`, only lists it.
    pub async fn prune_incomplete_backups(&self, dry_run: bool) -> Result<Vec<Orphan>> {
        let locks = self.bounded(self.store.dead_leases(&self.environment)).await?;
        let mut orphans = Vec::new();
        for backup in self.incomplete_backups().await? {
            orphans.push(self.prune_incomplete_backup(backup, dry_run).await?);
        }
        // The lock of a process whose backup is removed belongs to that.
        let with_backup = |collection: &String| orphans.iter().any(|orphan| orphan.collection_name == *collection);
        let locks: Vec<_> = locks.into_iter().filter(|collection| !with_backup(&collection.to_string())).collect();
        for collection in locks {
            let removed = dry_run || self.remove_dead_lock(&collection).await?;
            let reason = if removed { "its process has exited" } else { "another operation took it over" };
            orphans.push(orphan_of_store(OrphanKind::Lock, "lock".to_owned(), collection.to_string(), removed, reason));
        }
        for name in self.bounded(self.store.abandoned_probes(&self.environment)).await? {
            if !dry_run {
                self.bounded(self.store.remove_probe(&name)).await?;
            }
            orphans.push(orphan_of_store(OrphanKind::Probe, name, String::new(), true, "it was interrupted"));
        }
        Ok(orphans)
    }

    /// Takes over the lock of a dead process and releases it. Returns false if another operation has it by now.
    async fn remove_dead_lock(&self, collection: &CollectionRef) -> Result<bool> {
        match self.delete_leased(collection, async { Ok(()) }).await {
            Ok(()) => Ok(true),
            Err(Error::InProgress { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn prune_incomplete_backup(&self, backup: IncompleteBackup, dry_run: bool) -> Result<Orphan> {
        let now = self.environment.clock.now();
        let (mut removed, reason) = decision(backup.owner, backup.backup_id.time(), now);
        let mut reason = reason.to_owned();
        if removed && !dry_run {
            let discard = self.store.discard(&backup.collection, &backup.backup_id);
            match self.delete_leased(&backup.collection, discard).await {
                Ok(()) => {}
                Err(error @ Error::InProgress { .. }) => {
                    removed = false;
                    reason = error.to_string();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Orphan {
            kind: OrphanKind::Backup,
            name: backup.backup_id.to_string(),
            collection_name: backup.collection.to_string(),
            size_bytes: backup.size_bytes,
            removed,
            reason,
        })
    }

    /// Returns whether restores or deep verifications registered staging collections. Their removal requires Milvus, see
    /// [`BackupManager::prune_staging_collections`].
    pub async fn has_staging_collections(&self) -> Result<bool> {
        Ok(!self.bounded(self.store.list_staging()).await?.is_empty())
    }
}

impl BackupManager {
    /// Drops the orphaned staging collections of restores and deep verifications, and ends the protections of creates, that are on this Milvus server and that no
    /// process can be filling; with `dry_run`, only lists them.
    pub async fn prune_staging_collections(&self, dry_run: bool) -> Result<Vec<Orphan>> {
        let mut orphans = Vec::new();
        let repository = &self.repository;
        for (collection, unfinished, owner) in repository.bounded(repository.store.list_staging()).await? {
            let pruned = async {
                if unfinished.name.as_str().starts_with(PROTECTION_PREFIX) {
                    return self.prune_protection(&collection, unfinished, owner, dry_run).await;
                }
                self.prune_staging_collection(&collection, unfinished, owner, dry_run).await
            };
            orphans.push(repository.bounded(pruned).await?);
        }
        Ok(orphans)
    }

    /// Drops the collections of interrupted deep verifications of this backup.
    pub(crate) async fn prune_dead_verifications(&self, backup_id: &BackupId) -> Result<()> {
        for (collection, unfinished, owner) in self.repository.store.list_staging().await? {
            if unfinished.backup_id == *backup_id && unfinished.name.as_str().starts_with(VERIFICATION_PREFIX) {
                self.prune_staging_collection(&collection, unfinished, owner, false).await?;
            }
        }
        Ok(())
    }

    /// Renames a collection back if a restore that was to replace it was interrupted between the two renames.
    pub(crate) async fn rename_back(&self, target: &CollectionName) -> Result<()> {
        let now = self.repository.environment.clock.now();
        for (_, unfinished, owner) in self.repository.store.list_staging().await? {
            let dead = decision(owner, Some(unfinished.started_at), now).0;
            if !dead || unfinished.target != *target || self.reason_to_keep(&unfinished).await?.is_some() {
                continue;
            }
            let swap = SwapState::of(self.catalog.as_ref(), &unfinished.name, target).await?;
            if let SwapState::Partial(replaced) = &swap {
                swap.resolve(self.catalog.as_ref(), target).await?;
                let message =
                    format!("a restore was interrupted while it replaced `{target}`: `{replaced}` was renamed back");
                self.repository.progress.event(ProgressEvent::Warning { message });
            }
        }
        Ok(())
    }

    async fn prune_staging_collection(
        &self,
        collection: &CollectionRef,
        unfinished: StagingCollection,
        owner: OwnerState,
        dry_run: bool,
    ) -> Result<Orphan> {
        let now = self.repository.environment.clock.now();
        let (mut removed, reason) = decision(owner, Some(unfinished.started_at), now);
        let mut reason = reason.to_owned();
        if removed {
            if let Some(reason_to_keep) = self.reason_to_keep(&unfinished).await? {
                (removed, reason) = (false, reason_to_keep);
            } else {
                let swap = SwapState::of(self.catalog.as_ref(), &unfinished.name, &unfinished.target).await?;
                reason.push_str(&consequence(&swap, &unfinished.target));
                removed = !matches!(swap, SwapState::Conflict(_));
                if removed && !dry_run {
                    swap.resolve(self.catalog.as_ref(), &unfinished.target).await?;
                    self.catalog.drop_collection(&unfinished.name).await?;
                    self.repository.store.unregister_staging(collection, &unfinished.name).await?;
                }
            }
        }
        Ok(Orphan {
            kind: OrphanKind::Collection,
            name: unfinished.name.to_string(),
            collection_name: unfinished.target.to_string(),
            size_bytes: 0,
            removed,
            reason,
        })
    }

    /// Ends the protection of an interrupted create from compaction.
    async fn prune_protection(
        &self,
        collection: &CollectionRef,
        protection: StagingCollection,
        owner: OwnerState,
        dry_run: bool,
    ) -> Result<Orphan> {
        let StagingCollection { name, target, database, uri, started_at, .. } = protection;
        let (mut removed, reason) = decision(owner, Some(started_at), self.repository.environment.clock.now());
        let mut reason = reason.to_owned();
        if removed && (*self.catalog.uri() != uri || *self.catalog.database() != database) {
            (removed, reason) = (false, format!("it is in database `{database}` of the Milvus at {uri}"));
        }
        if removed && !dry_run {
            self.catalog.end_protection(&target, &name).await?;
            self.repository.store.unregister_staging(collection, &name).await?;
        }
        Ok(Orphan {
            kind: OrphanKind::Protection,
            name: name.to_string(),
            collection_name: target.to_string(),
            size_bytes: 0,
            removed,
            reason,
        })
    }

    /// Returns the reason why an orphaned collection is not dropped; `None` if it can be dropped.
    async fn reason_to_keep(&self, unfinished: &StagingCollection) -> Result<Option<String>> {
        let StagingCollection { name, database, uri, .. } = unfinished;
        let ours = [STAGING_PREFIX, VERIFICATION_PREFIX].iter().any(|prefix| name.as_str().starts_with(prefix));
        if !ours {
            return Ok(Some(format!(
                "a restore was interrupted while it filled `{name}` directly: drop it manually if it is not needed"
            )));
        }
        let here = self.catalog.uri() == uri && self.catalog.database() == database;
        if !here && (self.catalog.database() != database || !self.catalog.has_collection(name).await?) {
            return Ok(Some(format!("it is in database `{database}` of the Milvus at {uri}")));
        }
        Ok(None)
    }
}

fn orphan_of_store(kind: OrphanKind, name: String, collection_name: String, removed: bool, reason: &str) -> Orphan {
    Orphan { kind, name, collection_name, size_bytes: 0, removed, reason: reason.to_owned() }
}

/// Returns the effect of removing a staging collection on the collection that it was to replace.
fn consequence(swap: &SwapState, target: &CollectionName) -> String {
    match swap {
        SwapState::NotStarted => String::new(),
        SwapState::Partial(replaced) => {
            format!("; `{replaced}`, which it was to replace, is renamed back to `{target}`")
        }
        SwapState::Done(replaced) => {
            format!("; `{target}` is restored, and `{replaced}`, which it replaces, is dropped")
        }
        SwapState::Conflict(replaced) => format!(
            "; but `{target}` was created meanwhile, and `{replaced}` is the collection that was to be replaced: rename \
             or drop them manually"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_a_process_may_be_using_is_kept() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let hours = |hours| Some(now - SignedDuration::from_hours(hours));
        for (owner, started, removed) in [
            (OwnerState::Running, hours(100), false),
            (OwnerState::Dead, hours(0), true),
            (OwnerState::Dead, None, true),
            (OwnerState::Unknown, hours(23), false),
            (OwnerState::Unknown, hours(25), true),
            (OwnerState::Unknown, hours(-25), false),
            (OwnerState::Unknown, None, false),
        ] {
            assert_eq!(decision(owner, started, now).0, removed, "{owner:?} {started:?}");
        }
    }
}
