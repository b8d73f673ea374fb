//! Backups of several collections, which form a set.
//!
//! Must always hold: a collection that fails does not keep the others from being backed up, and the record of the set names
//! it. The record is written after the last backup, and only if there is one.

use std::sync::Arc;

use jiff::Timestamp;
use milvus_backup_core::{
    BackupParams, BackupResult, BackupSet, BackupState, CollectionName, CollectionRef, Error, FORMAT_VERSION,
    ProgressEvent, Result, SetFailure, SetId, SetMember,
};

use super::announced::Announced;
use super::choose::Chosen;
use super::concurrent::run_each;
use super::databases::Instance;
use super::memory::MemoryPool;
use super::selection::Selection;

/// How several collections are backed up.
#[derive(Debug, Clone)]
pub struct SetCreation {
    /// The parameters of each backup. A name is also that of the set.
    pub params: BackupParams,
    /// Maximum number of collections that are backed up concurrently.
    pub at_once: usize,
}

/// What became of the collections of a set.
#[derive(Debug)]
pub struct SetOutcome {
    /// The record of the set; `None` if there is no backup.
    pub set: Result<Option<BackupSet>>,
    /// The outcome of each choice, in their order, with the identifier of the collection.
    pub outcomes: Vec<(String, Result<BackupResult>)>,
}

/// A collection to back up: its place among the choices, the collection, and the name that was asked for.
type Waiting = (usize, CollectionRef, CollectionName);

impl Instance {
    /// Backs up the collections that were chosen, several concurrently, and records them as a set. `report` is called with
    /// each outcome as soon as it is known. After an interrupt no further backup is started.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`], and failures before the first backup. All others are in the outcome.
    pub async fn create_set(
        &self,
        selection: &Selection,
        chosen: Vec<Chosen>,
        creation: &SetCreation,
        mut report: impl FnMut(&str, &Result<BackupResult>) + Send,
    ) -> Result<SetOutcome> {
        creation.params.validate()?;
        let environment = &self.home.repository.environment;
        let created_at = environment.clock.now();
        let set_id = SetId::new(created_at, environment.entropy.bytes()?);
        let (mut waiting, mut outcomes) = (Vec::new(), Vec::new());
        for (place, choice) in chosen.into_iter().enumerate() {
            match choice {
                Chosen::Found { collection, asked } => waiting.push((place, collection, asked)),
                Chosen::Missing { text, error } => {
                    let outcome = Err(error);
                    report(&text, &outcome);
                    outcomes.push((place, text, outcome));
                }
            }
        }
        let backups = self.back_up(&waiting, &set_id, creation, &mut report).await;
        let found = waiting.into_iter().zip(backups);
        outcomes.extend(found.map(|((place, collection, _), outcome)| (place, collection.to_string(), outcome)));
        outcomes.sort_by_key(|(place, ..)| *place);
        let outcomes: Vec<_> = outcomes.into_iter().map(|(_, name, outcome)| (name, outcome)).collect();
        let set = self.record(selection, &creation.params, set_id, created_at, &outcomes).await;
        Ok(SetOutcome { set, outcomes })
    }

    async fn back_up(
        &self,
        waiting: &[Waiting],
        set_id: &SetId,
        creation: &SetCreation,
        report: &mut (impl FnMut(&str, &Result<BackupResult>) + Send),
    ) -> Vec<Result<BackupResult>> {
        let (limit, total) = (self.home.repository.config.memory_limit_bytes, waiting.len());
        let pool = Arc::new(MemoryPool::new(limit, creation.at_once.min(total)));
        let start = |waiting: &Waiting| self.backup(waiting, &pool, set_id, creation);
        let ended = |done, (_, collection, _): &Waiting, outcome: &Result<BackupResult>| {
            let name = collection.to_string();
            if total > 1 {
                self.announce(&format!("{done} of {total}: {}", summary(&name, outcome)));
            }
            report(&name, outcome);
        };
        run_each(waiting, pool.slots(), start, ended).await
    }

    /// Returns the backup of one collection, with its share of the memory.
    fn backup(
        &self,
        (_, collection, asked): &Waiting,
        pool: &Arc<MemoryPool>,
        set_id: &SetId,
        creation: &SetCreation,
    ) -> impl Future<Output = Result<BackupResult>> + Send + use<> {
        let manager = self.manager(&collection.database).map(|mut manager| {
            if pool.slots() > 1 {
                let progress = Announced::new(Arc::clone(&self.home.repository.progress), collection.to_string());
                manager.repository = manager.repository.with_progress(Arc::new(progress));
            }
            manager.memory = Some(Arc::clone(pool));
            manager
        });
        let mut params = creation.params.clone();
        params.set_id = Some(set_id.clone());
        let asked = asked.clone();
        async move { Box::pin(manager?.create_backup(&asked, &params)).await }
    }

    /// Records the set, even after an interrupt: the members that are there belong together.
    async fn record(
        &self,
        selection: &Selection,
        params: &BackupParams,
        set_id: SetId,
        created_at: Timestamp,
        outcomes: &[(String, Result<BackupResult>)],
    ) -> Result<Option<BackupSet>> {
        let committed = || outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()?.metadata.as_ref());
        let Some(first) = committed().next() else { return Ok(None) };
        let repository = &self.home.repository;
        let set = BackupSet {
            format_version: FORMAT_VERSION,
            set_id,
            set_name: params.backup_name.clone(),
            created_at,
            completed_at: repository.environment.clock.now(),
            selection: selection.included(),
            excluded: selection.excluded(),
            milvus_uri: first.milvus_uri.clone(),
            milvus_version: first.milvus_version.clone(),
            created_by: first.created_by.clone(),
            tags: params.tags.clone(),
            members: committed().map(SetMember::from).collect(),
            failures: outcomes.iter().filter_map(failure).collect(),
        };
        let limit = repository.config.repository_timeout;
        let commit = repository.environment.within(limit, repository.store.commit_set(&set)).await;
        commit.unwrap_or(Err(Error::DeadlineExceeded { seconds: limit.as_secs() }))?;
        Ok(Some(set))
    }

    /// Reports how far an operation on several collections is.
    pub(super) fn announce(&self, message: &str) {
        let event = ProgressEvent::StateChanged { state: BackupState::InProgress, message: message.to_owned() };
        self.home.repository.progress.event(event);
    }
}

fn failure((name, outcome): &(String, Result<BackupResult>)) -> Option<SetFailure> {
    let error = outcome.as_ref().err()?;
    let (kind, error) = (error.kind().as_str().to_owned(), error.full_message());
    Some(SetFailure { collection: name.clone(), kind, error })
}

fn summary(name: &str, outcome: &Result<BackupResult>) -> String {
    match outcome {
        Ok(result) => format!("{name}, {} rows", result.row_count),
        Err(_) => format!("{name} failed"),
    }
}
