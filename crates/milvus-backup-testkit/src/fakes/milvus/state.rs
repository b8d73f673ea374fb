//! Everything that an in-memory Milvus holds.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use milvus_backup_core::{Access, CollectionName, DEFAULT_DATABASE, Error, Result};

use super::collection::Collection;
use super::lag::Lag;
use super::model::ServerModel;
use super::refusals::{UNEXPECTED, refused};

/// The first timestamp and the first number of a collection: of the size that Milvus' own have.
const FIRST: u64 = 470_000_000_000_000_000;

/// A millisecond, as hybrid timestamps have it.
const MILLISECOND: u64 = 1 << 18;

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) model: ServerModel,
    pub(super) uri: String,
    pub(super) database: String,
    /// Whether the database is still to be created.
    pub(super) is_missing: bool,
    pub(super) database_properties: BTreeMap<String, String>,
    /// The databases of the server besides this one and the default one.
    pub(super) other_databases: BTreeSet<String>,
    pub(super) collections: BTreeMap<i64, Collection>,
    /// Aliases, and the collections that they stand for.
    pub(super) aliases: BTreeMap<String, i64>,
    /// Files that a bulk import can read, by their paths.
    pub(super) files: BTreeMap<String, Vec<RecordBatch>>,
    /// What the user may not do.
    pub(super) denied: Vec<Access>,
    pub(super) lag: Lag,
    /// The collections that are protected from compaction, with the names of their protections.
    pub(super) protections: BTreeSet<(i64, String)>,
    /// The numbers of the scans that are open.
    pub(super) sessions: BTreeSet<i64>,
    last: u64,
}

impl State {
    pub(super) fn new(model: ServerModel) -> Self {
        Self {
            model,
            uri: "http://in-memory.test:19530".to_owned(),
            database: DEFAULT_DATABASE.to_owned(),
            is_missing: false,
            database_properties: BTreeMap::new(),
            other_databases: BTreeSet::new(),
            collections: BTreeMap::new(),
            aliases: BTreeMap::new(),
            files: BTreeMap::new(),
            denied: Vec::new(),
            lag: Lag::default(),
            protections: BTreeSet::new(),
            sessions: BTreeSet::new(),
            last: FIRST,
        }
    }

    /// Creates the database of the connection.
    pub(super) fn create_database(&mut self, properties: &BTreeMap<String, String>) -> Result<()> {
        if !std::mem::replace(&mut self.is_missing, false) {
            return Err(refused("CreateDatabase", UNEXPECTED, format!("database already exist: {}", self.database)));
        }
        self.database_properties.clone_from(properties);
        Ok(())
    }

    /// The names of all databases, sorted.
    pub(super) fn databases(&self) -> Vec<String> {
        let mut names = self.other_databases.clone();
        names.extend([DEFAULT_DATABASE.to_owned(), self.database.clone()]);
        names.into_iter().collect()
    }

    /// Protects a collection from compaction, if this server does that.
    pub(super) fn protect(&mut self, collection: &CollectionName, name: &CollectionName) -> Result<()> {
        if !self.model.capabilities.compaction_protection {
            return Err(Error::Unsupported { what: "CreateSnapshot".to_owned() });
        }
        let id = self.get("CreateSnapshot", collection)?.id;
        self.protections.insert((id, name.to_string()));
        Ok(())
    }

    /// A hybrid timestamp that comes after all others.
    pub(super) fn now(&mut self) -> u64 {
        self.last += MILLISECOND;
        self.last
    }

    /// A number that nothing else ever has: that of a collection, or a generated key.
    pub(super) fn new_id(&mut self) -> i64 {
        self.last += 1;
        i64::try_from(self.last).unwrap()
    }

    /// The number of the collection that a name means: an alias, or its own. An alias may have outlived its collection, and
    /// means nothing then.
    pub(super) fn id_of(&self, name: &CollectionName) -> Option<i64> {
        match self.aliases.get(name.as_str()) {
            Some(id) => Some(*id).filter(|id| self.collections.contains_key(id)),
            None => self.named(name.as_str()).map(|collection| collection.id),
        }
    }

    /// The collection with this name of its own, whatever else the name means.
    pub(super) fn named(&self, name: &str) -> Option<&Collection> {
        self.collections.values().find(|collection| collection.name.as_str() == name)
    }

    /// The collection that a name means.
    pub(super) fn find(&self, name: &CollectionName) -> Option<&Collection> {
        self.collections.get(&self.id_of(name)?)
    }

    /// The collection that a name means, or the refusal of a call that needs it.
    pub(super) fn get(&self, call: &str, name: &CollectionName) -> Result<&Collection> {
        self.find(name).ok_or_else(|| self.model.family.collection_not_found(call, name.as_str()))
    }

    /// The same to change it.
    pub(super) fn get_mut(&mut self, call: &str, name: &CollectionName) -> Result<&mut Collection> {
        let id = self.get(call, name)?.id;
        Ok(self.collections.get_mut(&id).unwrap())
    }

    pub(super) fn require_open(&self, session: i64) {
        assert!(self.sessions.contains(&session), "a scan is used after it was closed");
    }

    pub(super) fn is_alias(&self, name: &CollectionName) -> bool {
        self.aliases.contains_key(name.as_str())
    }

    /// The names of all collections, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.collections.values().map(|collection| collection.name.to_string()).collect();
        names.sort_unstable();
        names
    }
}
