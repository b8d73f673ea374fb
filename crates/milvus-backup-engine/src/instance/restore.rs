//! The restore of a set: all of its members or some, each to its own place or to another one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use milvus_backup_core::{BackupId, BackupSet, CollectionRef, Error, RestoreParams, RestoreResult, Result};

use super::announced::Announced;
use super::concurrent::run_each;
use super::databases::Instance;
use super::mapping::NameMapping;
use super::memory::MemoryPool;
use super::pattern::CollectionPattern;
use crate::BackupManager;

/// One member of a set to restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRestore {
    /// The collection that was backed up.
    pub source: CollectionRef,
    /// The backup to restore.
    pub backup_id: BackupId,
    /// The collection to restore it as.
    pub target: CollectionRef,
}

/// How the members of a set are restored.
#[derive(Debug, Clone)]
pub struct SetRestoration {
    /// The parameters of each restore; their target is that of the member.
    pub params: RestoreParams,
    /// Maximum number of collections that are restored concurrently.
    pub at_once: usize,
}

impl MemberRestore {
    /// Returns the members of a set that match one of the patterns, all if there are none, with the targets that the first
    /// mapping that applies gives to them.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a pattern or a mapping that matches no member, and for two members with one target.
    pub fn of_set(set: &BackupSet, only: &[CollectionPattern], mappings: &[NameMapping]) -> Result<Vec<Self>> {
        let members = set.members.iter().map(|member| Ok((member.collection()?, member.backup_id.clone())));
        let members = members.collect::<Result<Vec<_>>>()?;
        let known = || members.iter().map(|(collection, _)| collection.to_string()).collect::<Vec<_>>().join(", ");
        let unused = |field: &str, value: &str| Error::InvalidParameter {
            field: field.to_owned(),
            value: value.to_owned(),
            limit: format!("one that matches a collection of the set: {}", known()),
        };
        for pattern in only {
            if !members.iter().any(|(collection, _)| pattern.matches(collection)) {
                return Err(unused("only", pattern.as_str()));
            }
        }
        for mapping in mappings {
            if !members.iter().any(|(collection, _)| mapping.applies_to(collection)) {
                return Err(unused("map", mapping.as_str()));
            }
        }
        let is_wanted = |collection: &CollectionRef| only.is_empty() || only.iter().any(|one| one.matches(collection));
        let mut targets: BTreeMap<CollectionRef, CollectionRef> = BTreeMap::new();
        let mut restores = Vec::new();
        for (source, backup_id) in members.iter().filter(|(collection, _)| is_wanted(collection)).cloned() {
            let mapped = mappings.iter().find(|mapping| mapping.applies_to(&source));
            let target = mapped.map_or_else(|| Ok(source.clone()), |mapping| mapping.target_of(&source))?;
            if let Some(other) = targets.insert(target.clone(), source.clone()) {
                let limit = format!("the target of one collection, and not of both {other} and {source}");
                return Err(Error::InvalidParameter { field: "map".to_owned(), value: target.to_string(), limit });
            }
            restores.push(Self { source, backup_id, target });
        }
        Ok(restores)
    }
}

impl Instance {
    /// Restores members of a set, several concurrently. `report` is called with each outcome as soon as it is known; all of
    /// them are returned in the order of the members. After an interrupt no further restore is started.
    pub async fn restore_set(
        &self,
        members: &[MemberRestore],
        restoration: &SetRestoration,
        mut report: impl FnMut(&MemberRestore, &Result<RestoreResult>) + Send,
    ) -> Vec<Result<RestoreResult>> {
        if restoration.params.create_database {
            self.create_databases(members).await;
        }
        let limit = self.home.repository.config.memory_limit_bytes;
        let slots = MemoryPool::new(limit, restoration.at_once.min(members.len())).slots();
        let start = |member: &MemberRestore| self.task(member.clone(), &restoration.params, slots);
        let ended = |done, member: &MemberRestore, outcome: &Result<RestoreResult>| {
            if members.len() > 1 {
                self.announce(&format!("{done} of {}: {}", members.len(), summary(member, outcome)));
            }
            report(member, outcome);
        };
        run_each(members, slots, start, ended).await
    }

    /// Returns the restore of one member, with its share of the memory.
    fn task(
        &self,
        member: MemberRestore,
        params: &RestoreParams,
        slots: usize,
    ) -> impl Future<Output = Result<RestoreResult>> + Send + use<> {
        let manager = self.manager(&member.target.database).map(|mut manager| {
            manager.repository.config.memory_limit_bytes /= slots as u64;
            if slots > 1 {
                let progress = Announced::new(Arc::clone(&self.home.repository.progress), member.target.to_string());
                manager.repository = manager.repository.with_progress(Arc::new(progress));
            }
            manager
        });
        let mut params = params.clone();
        params.target_collection_name = Some(member.target.name.clone());
        async move {
            let manager: BackupManager = manager?;
            Box::pin(manager.restore_backup(&member.source, &member.backup_id, &params)).await
        }
    }

    /// Creates the databases that are missing, one after the other: two restores that create the same one would get in each
    /// other's way. A failure is that of every restore into this database, which reports it.
    async fn create_databases(&self, members: &[MemberRestore]) {
        let mut known = BTreeSet::new();
        for member in members {
            if !known.insert(&member.target.database) {
                continue;
            }
            if let Err(error) = self.create_database_of(member).await {
                tracing::debug!(database = member.target.database, error = error.full_message());
            }
        }
    }

    async fn create_database_of(&self, member: &MemberRestore) -> Result<()> {
        let manager = self.manager(&member.target.database)?;
        let repository = &manager.repository;
        let create = async {
            let backup = repository.store.open(&member.source, &member.backup_id).await?;
            manager.create_missing_database(&backup).await
        };
        repository.environment.bounded(repository.config.repository_timeout, create).await
    }
}

fn summary(member: &MemberRestore, outcome: &Result<RestoreResult>) -> String {
    let (source, target) = (&member.source, &member.target);
    match outcome {
        Ok(result) => format!("{source} -> {target}, {} rows", result.rows_restored),
        Err(_) => format!("{source} -> {target} failed"),
    }
}
