//! Only what is loaded can be read: what is missing in memory is loaded, and exactly that is released at the end.
//!
//! A collection counts as loaded as soon as one of its partitions is, so that each partition is asked for.

use futures::future::try_join_all;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    BackupState, CollectionDescription, CollectionName, Error, LoadPolicy, LoadState, ProgressEvent, Result,
};

use super::attempt::{Attempt, Loaded};
use crate::BackupManager;

/// The partitions of a backup, by what the server reports of them.
#[derive(Debug, Default)]
struct States {
    loaded: Vec<String>,
    /// Another process is loading them: they are waited for, and stay loaded.
    loading: Vec<String>,
    missing: Vec<String>,
}

impl BackupManager {
    /// Loads what is not in memory of these partitions, and returns whether everything was.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] where the policy says not to load.
    pub(super) async fn ensure_loaded(
        &self,
        attempt: &Attempt,
        description: &CollectionDescription,
        partitions: &[String],
        policy: LoadPolicy,
    ) -> Result<bool> {
        let name = &attempt.collection.name;
        let whole = self.milvus.load_state(name, &[]).await?;
        let one_by_one = self.loads_by_partition(&description.schema).await?;
        if !one_by_one || whole == LoadState::NotLoaded {
            // All partitions of a collection that is not loaded are loaded together where all are to be read.
            let all = !one_by_one || partitions.len() == description.partitions.len();
            let missing = if all { Loaded::Collection } else { Loaded::Partitions(partitions.to_vec()) };
            return self.ensure_whole(attempt, whole, missing, policy).await;
        }
        let states = self.load_states(name, partitions).await?;
        if !states.missing.is_empty() && policy == LoadPolicy::Never {
            let (collection, States { loaded, missing, .. }) = (name.to_string(), states);
            return Err(Error::NotLoaded { collection, not_loaded: missing, loaded });
        }
        if !states.loading.is_empty() {
            self.milvus.load_partitions(name, &states.loading, None).await?;
        }
        if states.missing.is_empty() {
            return Ok(true);
        }
        self.load(attempt, Loaded::Partitions(states.missing)).await?;
        Ok(false)
    }

    /// Whether partitions of such a collection are loaded one by one: not where rows are spread by a partition key, nor on a
    /// server that loads collections only as a whole.
    pub(crate) async fn loads_by_partition(&self, schema: &CollectionSchema) -> Result<bool> {
        Ok(self.milvus.capabilities().await?.partition_loading && !schema.has_partition_key())
    }

    async fn ensure_whole(
        &self,
        attempt: &Attempt,
        state: LoadState,
        missing: Loaded,
        policy: LoadPolicy,
    ) -> Result<bool> {
        let name = &attempt.collection.name;
        match state {
            LoadState::Loaded => return Ok(true),
            // Another process is loading it: we wait, and leave it loaded.
            LoadState::Loading => {
                self.milvus.load_collection(name, None).await?;
                return Ok(true);
            }
            LoadState::NotLoaded => {}
        }
        if policy == LoadPolicy::Never {
            let (collection, not_loaded) = (name.to_string(), Vec::new());
            return Err(Error::NotLoaded { collection, not_loaded, loaded: Vec::new() });
        }
        self.load(attempt, missing).await?;
        Ok(false)
    }

    async fn load(&self, attempt: &Attempt, missing: Loaded) -> Result<()> {
        let name = &attempt.collection.name;
        let what = match &missing {
            Loaded::Collection => format!("loading collection {name}"),
            Loaded::Partitions(partitions) => format!("loading partitions of {name}: {}", partitions.join(", ")),
        };
        self.repository.progress.event(ProgressEvent::StateChanged { state: BackupState::InProgress, message: what });
        match attempt.loaded_by_us.get_or_init(|| missing) {
            Loaded::Collection => self.milvus.load_collection(name, None).await,
            Loaded::Partitions(partitions) => {
                // All partitions of a collection have the same number of copies.
                let replicas = self.milvus.replica_number(name).await?;
                self.milvus.load_partitions(name, partitions, replicas).await
            }
        }
    }

    async fn load_states(&self, name: &CollectionName, partitions: &[String]) -> Result<States> {
        let mut states = States::default();
        // One call for all, since all are loaded nearly always.
        if self.milvus.load_state(name, partitions).await? == LoadState::Loaded {
            states.loaded = partitions.to_vec();
            return Ok(states);
        }
        let each = partitions.iter().map(|partition| self.milvus.load_state(name, std::slice::from_ref(partition)));
        for (partition, state) in partitions.iter().zip(try_join_all(each).await?) {
            let list = match state {
                LoadState::Loaded => &mut states.loaded,
                LoadState::Loading => &mut states.loading,
                LoadState::NotLoaded => &mut states.missing,
            };
            list.push(partition.clone());
        }
        Ok(states)
    }

    /// Releases what the attempt loaded, whatever the collection is called by now.
    pub(super) async fn leave_as_found(&self, attempt: &Attempt) {
        let Some(loaded) = attempt.loaded_by_us.get() else { return };
        if let Err(error) = self.release(attempt, loaded).await {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot release collection `{}`: {}", attempt.collection, error.full_message()),
            });
        }
    }

    async fn release(&self, attempt: &Attempt, loaded: &Loaded) -> Result<()> {
        let Some(name) = self.milvus.locate_collection(&attempt.pin).await? else { return Ok(()) };
        match loaded {
            Loaded::Collection => self.milvus.release_collection(&name).await,
            Loaded::Partitions(partitions) => self.milvus.release_partitions(&name, partitions).await,
        }
    }
}
