//! Collections and partitions in memory.

use std::collections::BTreeSet;

use milvus_backup_core::{Access, CollectionName, LoadState, Result};

use super::collection::{Collection, Loaded};
use super::refusals::{no_partitions_named, refused, too_few_nodes, unsupported, without_index};
use super::state::State;

impl State {
    /// Implements [`milvus_backup_core::Catalog::load_state`] on this state.
    pub(super) fn load_state(&self, name: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        let call = "GetLoadState";
        self.permit(Access::LoadState, call)?;
        let Some(collection) = self.find(name) else { return Ok(LoadState::NotLoaded) };
        if partitions.is_empty() || !self.model.capabilities.partition_loading {
            return Ok(match collection.is_any_loaded() {
                true => LoadState::Loaded,
                false if !collection.loading.is_empty() => LoadState::Loading,
                false => LoadState::NotLoaded,
            });
        }
        // Hash partitions are not called `_default`.
        let spread = collection.schema.has_partition_key();
        if let Some(missing) = partitions.iter().find(|name| spread || collection.partition(name).is_none()) {
            return Err(self.model.family.partition_not_found(call, missing));
        }
        let mut missing = partitions.iter().filter(|name| !collection.is_loaded(name)).peekable();
        if missing.peek().is_none() {
            return Ok(LoadState::Loaded);
        }
        let is_loading = missing.all(|name| collection.loading.contains(name));
        Ok(if is_loading { LoadState::Loading } else { LoadState::NotLoaded })
    }

    /// Implements [`milvus_backup_core::Catalog::load_collection`] on this state.
    pub(super) fn load_collection(&mut self, name: &CollectionName, replicas: Option<u32>) -> Result<()> {
        let (now, lag) = (self.now(), self.lag.loads);
        let collection = self.loadable("LoadCollection", name, replicas)?;
        let all = collection.partition_names();
        collection.delay_beside_loaded(&all, now, lag);
        collection.load_all();
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::load_partitions`] on this state.
    pub(super) fn load_partitions(
        &mut self,
        name: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        let call = "LoadPartitions";
        let (now, lag) = (self.now(), self.lag.loads);
        self.require_partitions(call, name, partitions)?;
        let collection = self.loadable(call, name, replicas)?;
        collection.delay_beside_loaded(partitions, now, lag);
        match &mut collection.loaded {
            Loaded::Nothing => collection.loaded = Loaded::Only(partitions.iter().cloned().collect()),
            Loaded::Only(loaded) => loaded.extend(partitions.iter().cloned()),
            Loaded::AllBut(released) => released.retain(|name| !partitions.contains(name)),
        }
        collection.loading.retain(|name| !partitions.contains(name));
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::release_collection`] on this state.
    pub(super) fn release_collection(&mut self, name: &CollectionName) -> Result<()> {
        let needs_index = self.model.loading.release_needs_index;
        let collection = self.get_mut("ReleaseCollection", name)?;
        if !needs_index || !collection.indexes.is_empty() {
            collection.release_all();
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::release_partitions`] on this state.
    pub(super) fn release_partitions(&mut self, name: &CollectionName, partitions: &[String]) -> Result<()> {
        let call = "ReleasePartitions";
        self.require_partitions(call, name, partitions)?;
        let collection = self.get_mut(call, name)?;
        match &mut collection.loaded {
            Loaded::Nothing => {}
            Loaded::Only(loaded) => loaded.retain(|name| !partitions.contains(name)),
            Loaded::AllBut(released) => released.extend(partitions.iter().cloned()),
        }
        if !collection.is_any_loaded() {
            collection.release_all();
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::replica_number`] on this state.
    pub(super) fn replica_number(&self, name: &CollectionName) -> Option<u32> {
        let collection = self.find(name).filter(|collection| collection.is_any_loaded());
        collection.filter(|_| self.model.loading.max_replicas.is_some()).map(|collection| collection.replicas)
    }

    /// Begins to load these partitions for another client; all of them where none is named.
    pub(super) fn begin_loading(&mut self, name: &CollectionName, partitions: &[&str]) {
        let collection = self.get_mut("LoadPartitions", name).unwrap();
        let all = collection.partition_names();
        let named = all.into_iter().filter(|name| partitions.is_empty() || partitions.contains(&name.as_str()));
        collection.loading = named.collect::<BTreeSet<String>>();
    }

    /// A collection that may be loaded, with this number of replicas from now on.
    fn loadable(&mut self, call: &str, name: &CollectionName, replicas: Option<u32>) -> Result<&mut Collection> {
        self.permit(Access::Load, call)?;
        let most = self.model.loading.max_replicas;
        let needs_index = self.model.capabilities.load_needs_index;
        let collection = self.get_mut(call, name)?;
        let has_index = |field: &str| collection.indexes.iter().any(|index| index.field_name == field);
        let vectors = collection.schema.fields.iter().filter(|field| field.data_type.is_vector());
        if needs_index && vectors.into_iter().any(|field| !has_index(&field.name)) {
            return Err(without_index(name));
        }
        let Some(most) = most else { return Ok(collection) };
        // The client asks for one where no number is named.
        let replicas = replicas.unwrap_or(1);
        if collection.is_any_loaded() && replicas != collection.replicas {
            let numbers = format!("[expected={}][actual={replicas}]", collection.replicas);
            let message = format!("can't change the replica number for loaded collection: invalid parameter{numbers}");
            return Err(refused(call, 1100, message));
        }
        if replicas > most {
            return Err(too_few_nodes(call));
        }
        collection.replicas = replicas;
        Ok(collection)
    }

    fn require_partitions(&self, call: &str, name: &CollectionName, partitions: &[String]) -> Result<()> {
        let family = self.model.family;
        if !self.model.capabilities.partition_loading {
            return Err(unsupported(call));
        }
        let collection = self.get(call, name)?;
        if collection.schema.has_partition_key() {
            return Err(family.spread(call));
        }
        if partitions.is_empty() {
            return Err(no_partitions_named(call));
        }
        match partitions.iter().find(|name| collection.partition(name).is_none()) {
            Some(missing) => Err(family.partition_not_found(call, missing)),
            None => Ok(()),
        }
    }
}

impl Collection {
    /// Makes the rows late of those of these partitions that come into memory beside others.
    fn delay_beside_loaded(&mut self, partitions: &[String], now: u64, polls: u32) {
        if !self.is_any_loaded() {
            return;
        }
        for name in partitions {
            if !self.is_loaded(name)
                && let Some(partition) = self.partition_mut(name)
            {
                partition.delay(now, polls, false);
            }
        }
    }
}
