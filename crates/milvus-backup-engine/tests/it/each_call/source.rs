//! [`Source`]: a collection as users of Milvus see it.

use milvus_backup_core::{Catalog, CollectionDescription, CollectionName, LoadState};

use super::scene::Scene;
use crate::world::World;

/// A collection as users of Milvus see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) description: CollectionDescription,
    /// The texts of all rows, by partition.
    pub(super) texts: Vec<Vec<String>>,
    /// Of each partition.
    pub(super) load_states: Vec<LoadState>,
    /// Aliases that mark it for an operation.
    pub(super) marks: Vec<CollectionName>,
}

impl Scene {
    /// The collection as it is now, if there is one of its name.
    pub(super) async fn now(&self) -> Option<Source> {
        let exists = self.world.milvus.has_collection(&self.films).await.unwrap();
        if exists { Some(Source::of(&self.world, &self.films).await) } else { None }
    }
}

impl Source {
    pub(super) async fn of(world: &World, name: &CollectionName) -> Self {
        let milvus = &world.milvus;
        let mut description = milvus.describe_collection(name).await.unwrap();
        description.aliases.sort_unstable();
        let mut load_states = Vec::new();
        for partition in &description.partitions {
            load_states.push(milvus.load_state(name, std::slice::from_ref(partition)).await.unwrap());
        }
        let texts = description.partitions.iter().map(|partition| world.texts(name, partition)).collect();
        let marks = milvus.list_marks(name).await.unwrap();
        Self { description, texts, load_states, marks }
    }
}
