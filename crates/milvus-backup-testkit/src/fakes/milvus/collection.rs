//! One collection, and its partitions.

use std::collections::BTreeSet;

use milvus_backup_core::CollectionName;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition, PrimaryKey};

use super::lag::Late;
use super::rows::Rows;

/// The partition that every collection has.
pub(super) const DEFAULT_PARTITION: &str = "_default";

#[derive(Debug, Clone)]
pub(super) struct Collection {
    pub(super) id: i64,
    pub(super) name: CollectionName,
    pub(super) schema: CollectionSchema,
    /// In the order of their creation.
    pub(super) partitions: Vec<Partition>,
    pub(super) indexes: Vec<IndexDefinition>,
    pub(super) loaded: Loaded,
    /// Partitions that another client is loading.
    pub(super) loading: BTreeSet<String>,
    pub(super) replicas: u32,
    /// Rows that were ever inserted.
    pub(super) inserted: i64,
    /// Keys whose rows are counted, and that no query returns.
    pub(super) unreturned: BTreeSet<PrimaryKey>,
}

#[derive(Debug, Clone)]
pub(super) struct Partition {
    pub(super) name: String,
    pub(super) rows: Rows,
    /// Rows that came into memory, or into storage, so recently that reads or lists do not have them.
    pub(super) late: Option<Late>,
}

/// What is in memory of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loaded {
    Nothing,
    /// All partitions, new ones included, but for those that were released.
    AllBut(BTreeSet<String>),
    /// Only these partitions are loaded.
    Only(BTreeSet<String>),
}

impl Partition {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), rows: Rows::default(), late: None }
    }
}

impl Collection {
    pub(super) fn new(id: i64, name: CollectionName, schema: CollectionSchema, loaded: bool) -> Self {
        Self {
            id,
            name,
            schema,
            partitions: vec![Partition::new(DEFAULT_PARTITION)],
            indexes: Vec::new(),
            loaded: if loaded { Loaded::AllBut(BTreeSet::new()) } else { Loaded::Nothing },
            loading: BTreeSet::new(),
            replicas: 1,
            inserted: 0,
            unreturned: BTreeSet::new(),
        }
    }

    pub(super) fn partition(&self, name: &str) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.name == name)
    }

    pub(super) fn partition_mut(&mut self, name: &str) -> Option<&mut Partition> {
        self.partitions.iter_mut().find(|partition| partition.name == name)
    }

    pub(super) fn partition_names(&self) -> Vec<String> {
        self.partitions.iter().map(|partition| partition.name.clone()).collect()
    }

    pub(super) fn is_loaded(&self, partition: &str) -> bool {
        match &self.loaded {
            Loaded::Nothing => false,
            Loaded::AllBut(released) => !released.contains(partition),
            Loaded::Only(loaded) => loaded.contains(partition),
        }
    }

    pub(super) fn is_any_loaded(&self) -> bool {
        self.partitions.iter().any(|partition| self.is_loaded(&partition.name))
    }

    pub(super) fn load_all(&mut self) {
        self.loaded = Loaded::AllBut(BTreeSet::new());
        self.loading.clear();
    }

    pub(super) fn release_all(&mut self) {
        self.loaded = Loaded::Nothing;
        self.loading.clear();
    }
}
