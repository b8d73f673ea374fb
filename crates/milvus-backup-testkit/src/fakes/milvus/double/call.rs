//! One call while it is answered, and everything that answers may need.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use milvus_backup_core::{CollectionName, DEFAULT_DATABASE};
use tonic::metadata::MetadataMap;

use super::faults::Faults;
use super::imports::Imports;
use super::inserting::AcceptedInserts;
use super::journal::{Journal, SeenRead};
use super::loading::Loads;
use super::refusal::{Answer, coded, invalid};
use super::settings::{Replication, Settings};
use super::snapshots::Snapshots;
use super::tampering::Tampering;
use crate::fakes::milvus::server::InMemoryMilvus;
use crate::fakes::milvus::version::Version;

/// `ErrDatabaseNotFound` of Milvus' errors (`merr`).
const DATABASE_NOT_FOUND: i32 = 800;

/// What a double consists of.
pub(super) struct Parts {
    pub(super) version: Version,
    pub(super) databases: Mutex<BTreeMap<String, InMemoryMilvus>>,
    pub(super) settings: Mutex<Settings>,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    pub(super) tampering: Mutex<Tampering>,
    pub(super) loads: Mutex<Loads>,
    pub(super) imports: Mutex<Imports>,
    pub(super) inserts: Mutex<AcceptedInserts>,
    pub(super) snapshots: Mutex<Snapshots>,
}

impl Parts {
    pub(super) fn settings(&self) -> Settings {
        locked(&self.settings).clone()
    }

    /// Returns the database of this name; an empty one is the default.
    pub(super) fn database(&self, name: &str) -> Option<InMemoryMilvus> {
        let name = if name.is_empty() { DEFAULT_DATABASE } else { name };
        locked(&self.databases).get(name).cloned()
    }
}

/// Locks what is behind a mutex, whatever happened to those who had it before.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call that is being answered.
pub(super) struct Call<'a> {
    pub(super) parts: &'a Parts,
    /// The metadata entry `dbname`, which stands for a database that the request does not name.
    database: Option<String>,
    pub(super) idempotency_key: Option<String>,
    /// What a query read.
    pub(super) read: RefCell<Option<SeenRead>>,
}

impl<'a> Call<'a> {
    pub(super) fn new(parts: &'a Parts, metadata: &MetadataMap) -> Self {
        let entry = |key: &str| metadata.get(key).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            parts,
            database: entry("dbname").filter(|name| !name.is_empty()),
            idempotency_key: entry("idempotency-key"),
            read: RefCell::default(),
        }
    }

    pub(super) fn version(&self) -> Version {
        self.parts.version
    }

    /// Returns the database that a request is of.
    pub(super) fn database(&self, named: &str) -> Answer<InMemoryMilvus> {
        let name = if named.is_empty() { self.database.as_deref().unwrap_or_default() } else { named };
        let found = self.parts.database(name);
        found.ok_or_else(|| coded(DATABASE_NOT_FOUND, format!("database not found[database={name}]"), false))
    }

    /// Refuses a write on a cluster that follows another one: documentation of bulk import where clusters replicate. Its
    /// words are not known.
    pub(super) fn require_primary(&self) -> Answer<()> {
        match self.parts.settings().replication {
            Replication::Standby => Err(super::refusal::unexpected("a standby cluster takes no writes")),
            _ => Ok(()),
        }
    }
}

/// Returns a name that a collection can have.
pub(super) fn named(name: &str) -> Answer<CollectionName> {
    name.parse().map_err(|_| invalid(format!("Invalid collection name: {name}")))
}
