//! Loads the partitions that are not in memory, since only loaded ones can be read, and releases exactly these at the end.
//!
//! A collection counts as loaded as soon as one of its partitions is, so the state of each partition is requested.

use futures::future::try_join_all;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    BackupState, CollectionDescription, CollectionName, Error, LoadPolicy, LoadState, ProgressEvent, Result,
};

use super::job::CreateJob;
use super::undo_step::{Loaded, Undo};
use crate::BackupManager;

/// The partitions of a backup by their load state.
#[derive(Debug, Default)]
struct States {
    loaded: Vec<String>,
    /// Another process is loading them: they are waited for, and stay loaded.
    loading: Vec<String>,
    missing: Vec<String>,
}

impl CreateJob<'_> {
    /// Loads those of these partitions that are not in memory, and returns whether all of them were.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] if the policy does not allow loading.
    pub(super) async fn ensure_loaded(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<bool> {
        let (milvus, policy) = (&self.manager.catalog, self.params.load);
        let name = &self.collection.name.clone();
        let whole = milvus.load_state(name, &[]).await?;
        let one_by_one = self.manager.loads_by_partition(&description.schema).await?;
        if !one_by_one || whole == LoadState::NotLoaded {
            // If all partitions are to be read, and none is loaded, the collection is loaded as a whole.
            let all = !one_by_one || partitions.len() == description.partitions.len();
            let missing = if all { Loaded::Collection } else { Loaded::Partitions(partitions.to_vec()) };
            return self.ensure_whole(whole, missing).await;
        }
        let states = self.load_states(name, partitions).await?;
        if !states.missing.is_empty() && policy == LoadPolicy::Never {
            let (collection, States { loaded, missing, .. }) = (name.to_string(), states);
            return Err(Error::NotLoaded { collection, not_loaded: missing, loaded });
        }
        if !states.loading.is_empty() {
            milvus.load_partitions(name, &states.loading, None).await?;
        }
        if states.missing.is_empty() {
            return Ok(true);
        }
        self.load(Loaded::Partitions(states.missing)).await?;
        Ok(false)
    }

    /// Returns whether all of these partitions are in memory.
    pub(super) async fn is_loaded(&self, description: &CollectionDescription, partitions: &[String]) -> Result<bool> {
        let named = if self.manager.loads_by_partition(&description.schema).await? { partitions } else { &[] };
        Ok(self.manager.catalog.load_state(&self.collection.name, named).await? == LoadState::Loaded)
    }

    async fn ensure_whole(&mut self, state: LoadState, missing: Loaded) -> Result<bool> {
        let name = &self.collection.name;
        match state {
            LoadState::Loaded => return Ok(true),
            // Another process is loading it: the create waits, and leaves it loaded.
            LoadState::Loading => {
                self.manager.catalog.load_collection(name, None).await?;
                return Ok(true);
            }
            LoadState::NotLoaded => {}
        }
        if self.params.load == LoadPolicy::Never {
            let (collection, not_loaded) = (name.to_string(), Vec::new());
            return Err(Error::NotLoaded { collection, not_loaded, loaded: Vec::new() });
        }
        self.load(missing).await?;
        Ok(false)
    }

    async fn load(&mut self, missing: Loaded) -> Result<()> {
        let (milvus, name) = (&self.manager.catalog, &self.collection.name);
        let what = match &missing {
            Loaded::Collection => format!("loading collection {name}"),
            Loaded::Partitions(partitions) => format!("loading partitions of {name}: {}", partitions.join(", ")),
        };
        let event = ProgressEvent::StateChanged { state: BackupState::InProgress, message: what };
        self.manager.repository.progress.event(event);
        // A load that is reported as failed may still take effect.
        self.undo.push(Undo::Unload(missing.clone()));
        match &missing {
            Loaded::Collection => milvus.load_collection(name, None).await,
            Loaded::Partitions(partitions) => {
                // All partitions of a collection have the same number of copies.
                let replicas = milvus.replica_number(name).await?;
                milvus.load_partitions(name, partitions, replicas).await
            }
        }
    }

    async fn load_states(&self, name: &CollectionName, partitions: &[String]) -> Result<States> {
        let mut states = States::default();
        // One call for all, since usually all of them are loaded.
        if self.manager.catalog.load_state(name, partitions).await? == LoadState::Loaded {
            states.loaded = partitions.to_vec();
            return Ok(states);
        }
        let each =
            partitions.iter().map(|partition| self.manager.catalog.load_state(name, std::slice::from_ref(partition)));
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
}

impl BackupManager {
    /// Returns whether the partitions of such a collection are loaded individually: not if rows are distributed by a partition
    /// key, nor on a server that loads collections only as a whole.
    pub(crate) async fn loads_by_partition(&self, schema: &CollectionSchema) -> Result<bool> {
        Ok(self.catalog.capabilities().await?.partition_loading && !schema.has_partition_key())
    }
}
