//! What dead operations left: found, and removed when nobody can be using it.
//!
//! Must always hold: nothing that is committed is removed, nothing of a process that runs, nothing younger than
//! [`SAFETY_AGE`] unless its process is known to be dead, and no collection that a restore did not name itself.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{
    BackupId, CollectionName, CollectionRef, Error, IncompleteBackup, OwnerState, ProgressEvent, Result,
    UnfinishedCollection,
};
use serde::Serialize;

use super::staging::{Exchange, STAGING_PREFIX};
use crate::verify::VERIFICATION_PREFIX;
use crate::{BackupManager, BackupRepository};

/// How old something must be to be removed while nothing is known of the process that made it.
pub const SAFETY_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Something that an operation left, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Whether it is a backup or a collection.
    pub kind: LeftoverKind,
    /// The identifier of the backup, or the name of the collection.
    pub name: String,
    /// The collection of the backup, or the one that was to be restored.
    pub collection_name: String,
    /// Bytes of its files; 0 for a collection.
    pub size_bytes: u64,
    /// Whether it is removed, or would be.
    pub removed: bool,
    /// The reason for this decision.
    pub reason: String,
}

/// The kinds of [`Leftover`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftoverKind {
    /// A backup without a commit, in the store.
    Backup,
    /// A collection under a temporary name, in Milvus.
    Collection,
}

/// Whether something can be removed, and why or why not.
fn verdict(owner: OwnerState, begun: Option<Timestamp>, now: Timestamp) -> (bool, &'static str) {
    match owner {
        OwnerState::Running => (false, "the operation runs"),
        OwnerState::Dead => (true, "its process is dead"),
        OwnerState::Unknown => match begun {
            // A clock that went back makes it look as if it were of the future: it is not old for that.
            Some(begun) if now.duration_since(begun) > SAFETY_AGE => (true, "it is older than 24 hours"),
            _ => (false, "nothing is known of its process, and it is not older than 24 hours"),
        },
    }
}

impl BackupRepository {
    /// Removes the backups that were begun and never committed, where nobody can be writing them; with `dry_run` it
    /// only says which.
    pub async fn prune_incomplete_backups(&self, dry_run: bool) -> Result<Vec<Leftover>> {
        let mut leftovers = Vec::new();
        for backup in self.incomplete_backups().await? {
            leftovers.push(self.prune_incomplete_backup(backup, dry_run).await?);
        }
        Ok(leftovers)
    }

    async fn prune_incomplete_backup(&self, backup: IncompleteBackup, dry_run: bool) -> Result<Leftover> {
        let now = self.environment.clock.now();
        let (mut removed, reason) = verdict(backup.owner, backup.backup_id.time(), now);
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
        Ok(Leftover {
            kind: LeftoverKind::Backup,
            name: backup.backup_id.to_string(),
            collection_name: backup.collection.to_string(),
            size_bytes: backup.size_bytes,
            removed,
            reason,
        })
    }

    /// Whether restores or deep verifications noted collections, which takes a Milvus to remove:
    /// [`BackupManager::prune_unfinished_collections`].
    pub async fn has_unfinished_collections(&self) -> Result<bool> {
        Ok(!self.bounded(self.store.list_staging()).await?.is_empty())
    }
}

impl BackupManager {
    /// Drops the collections that restores and deep verifications left under names of their own, where these are on
    /// this Milvus, and nobody can be filling them; with `dry_run` it only says which.
    pub async fn prune_unfinished_collections(&self, dry_run: bool) -> Result<Vec<Leftover>> {
        let mut leftovers = Vec::new();
        let repository = &self.repository;
        for (collection, unfinished, owner) in repository.bounded(repository.store.list_staging()).await? {
            let pruned = self.prune_unfinished_collection(&collection, unfinished, owner, dry_run);
            leftovers.push(repository.bounded(pruned).await?);
        }
        Ok(leftovers)
    }

    /// Drops the collections of deep verifications of this backup that died.
    pub(crate) async fn prune_dead_verifications(&self, backup_id: &BackupId) -> Result<()> {
        for (collection, unfinished, owner) in self.repository.store.list_staging().await? {
            if unfinished.backup_id == *backup_id && unfinished.name.as_str().starts_with(VERIFICATION_PREFIX) {
                self.prune_unfinished_collection(&collection, unfinished, owner, false).await?;
            }
        }
        Ok(())
    }

    /// Gives a collection its name back that a restore took away from it to replace it, and then died.
    pub(crate) async fn give_name_back(&self, target: &CollectionName) -> Result<()> {
        let now = self.repository.environment.clock.now();
        for (_, unfinished, owner) in self.repository.store.list_staging().await? {
            let dead = verdict(owner, Some(unfinished.started_at), now).0;
            if !dead || unfinished.target != *target || self.doubt(&unfinished).await?.is_some() {
                continue;
            }
            let exchange = Exchange::of(self.catalog.as_ref(), &unfinished.name, target).await?;
            if let Exchange::Halfway(replaced) = &exchange {
                exchange.settle(self.catalog.as_ref(), target).await?;
                let message = format!("a restore died while it replaced `{target}`: `{replaced}` has that name again");
                self.repository.progress.event(ProgressEvent::Warning { message });
            }
        }
        Ok(())
    }

    async fn prune_unfinished_collection(
        &self,
        collection: &CollectionRef,
        unfinished: UnfinishedCollection,
        owner: OwnerState,
        dry_run: bool,
    ) -> Result<Leftover> {
        let now = self.repository.environment.clock.now();
        let (mut removed, reason) = verdict(owner, Some(unfinished.started_at), now);
        let mut reason = reason.to_owned();
        if removed {
            if let Some(doubt) = self.doubt(&unfinished).await? {
                (removed, reason) = (false, doubt);
            } else {
                let exchange = Exchange::of(self.catalog.as_ref(), &unfinished.name, &unfinished.target).await?;
                reason.push_str(&consequence(&exchange, &unfinished.target));
                removed = !matches!(exchange, Exchange::Contested(_));
                if removed && !dry_run {
                    exchange.settle(self.catalog.as_ref(), &unfinished.target).await?;
                    self.catalog.drop_collection(&unfinished.name).await?;
                    self.repository.store.unregister_staging(collection, &unfinished.name).await?;
                }
            }
        }
        Ok(Leftover {
            kind: LeftoverKind::Collection,
            name: unfinished.name.to_string(),
            collection_name: unfinished.target.to_string(),
            size_bytes: 0,
            removed,
            reason,
        })
    }

    /// Why a collection that looks abandoned is not dropped.
    async fn doubt(&self, unfinished: &UnfinishedCollection) -> Result<Option<String>> {
        let UnfinishedCollection { name, database, uri, .. } = unfinished;
        let ours = [STAGING_PREFIX, VERIFICATION_PREFIX].iter().any(|prefix| name.as_str().starts_with(prefix));
        if !ours {
            return Ok(Some(format!(
                "a restore died while it filled `{name}` itself: drop it by hand if it is not wanted"
            )));
        }
        let here = self.catalog.uri() == uri && self.catalog.database() == database;
        if !here && (self.catalog.database() != database || !self.catalog.has_collection(name).await?) {
            return Ok(Some(format!("it is in database `{database}` of the Milvus at {uri}")));
        }
        Ok(None)
    }
}

/// What the removal of a staging collection means for the collection that it was to replace.
fn consequence(exchange: &Exchange, target: &CollectionName) -> String {
    match exchange {
        Exchange::NotBegun => String::new(),
        Exchange::Halfway(replaced) => format!("; `{replaced}`, which it was to replace, becomes `{target}` again"),
        Exchange::Done(replaced) => {
            format!("; `{target}` is restored, and `{replaced}`, which it replaces, is dropped")
        }
        Exchange::Contested(replaced) => format!(
            "; but `{target}` was made meanwhile, and `{replaced}` is the one that was to be replaced: rename or drop \
             them by hand"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_can_be_using_is_removed() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let hours = |hours| Some(now - SignedDuration::from_hours(hours));
        for (owner, begun, removed) in [
            (OwnerState::Running, hours(100), false),
            (OwnerState::Dead, hours(0), true),
            (OwnerState::Dead, None, true),
            (OwnerState::Unknown, hours(23), false),
            (OwnerState::Unknown, hours(25), true),
            (OwnerState::Unknown, hours(-25), false),
            (OwnerState::Unknown, None, false),
        ] {
            assert_eq!(verdict(owner, begun, now).0, removed, "{owner:?} {begun:?}");
        }
    }
}
