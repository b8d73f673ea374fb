//! [`InMemoryMilvus`], and what tests do to it as other clients, users and administrators of a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use arrow_array::RecordBatch;
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{Access, CollectionName, Error, KeyRange, ReadPoint, Result};

use super::collection::Loaded;
use super::hooks::Hooks;
use super::lag::Lag;
use super::model::ServerModel;
use super::scanning::{Scan, ScanSpec};
use super::state::State;

/// A Milvus in memory. Clones share it.
///
/// It behaves as its [`ServerModel`] says, refuses what the real servers refuse, and lets other work run once during each
/// call. It has no retries and no delays. What is not modelled: how JSON texts are printed again, time to live, and the
/// pages that a connection reads ahead.
///
/// ```
/// use milvus_backup_core::{Catalog, RowSink};
/// use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};
///
/// # futures::executor::block_on(async {
/// let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
/// let (films, schema) = ("films".parse()?, samples::schema());
/// milvus.create_collection(&films, &schema).await?;
/// assert_eq!(milvus.insert(&films, &schema, None, samples::rows(&schema, 0..3, "v1")).await?, 3);
/// assert_eq!(milvus.stored_rows(&films, None).await?, 0);
/// milvus.flush(&films).await?;
/// assert_eq!(milvus.stored_rows(&films, None).await?, 3);
/// # Ok::<(), milvus_backup_core::Error>(())
/// # })?;
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Clone)]
pub struct InMemoryMilvus {
    /// For the calls that return them by reference.
    pub(super) uri: Arc<str>,
    pub(super) database: Arc<str>,
    state: Arc<Mutex<State>>,
    pub(super) hooks: Arc<Hooks>,
}

impl fmt::Debug for InMemoryMilvus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryMilvus").field("collections", &self.state().names()).finish_non_exhaustive()
    }
}

impl InMemoryMilvus {
    /// A server without collections.
    pub fn new(model: ServerModel) -> Self {
        Self::with_state(State::new(model))
    }

    /// The same, connected to another database than the default one.
    pub fn in_database(model: ServerModel, database: &str) -> Self {
        let mut state = State::new(model);
        database.clone_into(&mut state.database);
        Self::with_state(state)
    }

    /// The same, before that database is created.
    pub fn before_database(model: ServerModel, database: &str) -> Self {
        let milvus = Self::in_database(model, database);
        milvus.state().is_missing = true;
        milvus
    }

    /// A server of its own with everything that this one has, and no hooks.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::with_state(self.state().clone())
    }

    fn with_state(state: State) -> Self {
        let (uri, database) = (state.uri.as_str().into(), state.database.as_str().into());
        Self { uri, database, state: Arc::new(Mutex::new(state)), hooks: Arc::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets other work run, as a call over a network does, does what a test wants to happen before this call, and gives
    /// access to the server then.
    pub(super) async fn turn(&self, call: &str) -> Result<MutexGuard<'_, State>> {
        let mut waited = false;
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.run_hooks(call)?;
        let state = self.state();
        if state.is_missing && call != "create_database" {
            return Err(Error::DatabaseNotFound { database: state.database.clone() });
        }
        Ok(state)
    }

    /// Deletes the rows with these keys; of one partition where one is named, which Milvus Lite ignores.
    ///
    /// # Errors
    /// The refusal of the server.
    pub fn delete(&self, collection: &CollectionName, partition: Option<&str>, keys: &[PrimaryKey]) -> Result<()> {
        self.state().delete(collection, partition, keys)
    }

    /// Inserts rows in place of those with their keys. Returns the number of rows that were sent.
    ///
    /// # Errors
    /// The refusal of the server.
    pub fn upsert(&self, collection: &CollectionName, partition: Option<&str>, rows: &RecordBatch) -> Result<u64> {
        self.state().upsert(collection, partition, rows)
    }

    /// Counts the rows with these keys from now on, and returns none of them: milvus#52055.
    pub fn hide(&self, collection: &CollectionName, keys: impl IntoIterator<Item = PrimaryKey>) {
        self.state().get_mut("Query", collection).unwrap().unreturned.extend(keys);
    }

    /// Returns the names of the protections from compaction.
    pub fn protections(&self) -> Vec<String> {
        self.state().protections.iter().map(|(_, name)| name.clone()).collect()
    }

    /// Removes deleted rows from storage and from the statistics, as a compaction does some time after a delete, unless the
    /// collection is protected from it.
    pub fn compact(&self, collection: &CollectionName) {
        let mut state = self.state();
        let protected: Vec<i64> = state.protections.iter().map(|(id, _)| *id).collect();
        let collection = state.get_mut("ManualCompaction", collection).unwrap();
        if protected.contains(&collection.id) {
            return;
        }
        collection.partitions.iter_mut().for_each(|partition| partition.rows.compact());
    }

    /// Drops a partition with its rows.
    pub fn drop_partition(&self, collection: &CollectionName, partition: &str) {
        self.state().drop_partition(collection, partition);
    }

    /// Adds a nullable text field of this name, which the rows that are there do not have.
    pub fn add_field(&self, collection: &CollectionName, name: &str) {
        let mut state = self.state();
        let field = FieldSchema { nullable: true, ..FieldSchema::new(name, DataType::VarChar) };
        state.get_mut("AddCollectionField", collection).unwrap().schema.fields.push(field);
    }

    /// Drops an alias. One that does not exist is no error.
    pub fn drop_alias(&self, alias: &str) {
        self.state().aliases.remove(alias);
    }

    /// Begins to load partitions, all of them where none is named, for a client that does not wait: they are reported as
    /// loading until they are loaded or released by a call.
    pub fn begin_loading(&self, collection: &CollectionName, partitions: &[&str]) {
        self.state().begin_loading(collection, partitions);
    }

    /// Puts a file with these rows where a bulk import finds it.
    pub fn put_file(&self, path: &str, batches: Vec<RecordBatch>) {
        self.state().files.insert(path.to_owned(), batches);
    }

    /// Takes the privilege to do something from the user. Milvus Lite has no privileges.
    pub fn deny(&self, access: Access) {
        self.state().denied.push(access);
    }

    /// Lets the server lag behind what it reports, from now on.
    pub fn set_lag(&self, lag: Lag) {
        self.state().lag = lag;
    }

    /// Sets the properties of the database.
    pub fn set_database_properties(&self, properties: BTreeMap<String, String>) {
        self.state().database_properties = properties;
    }

    /// Lets the server have these databases besides its own one, which are other values of this type.
    pub fn set_other_databases<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        self.state().other_databases = names.into_iter().map(str::to_owned).collect();
    }

    /// The number of scans that were opened and not closed.
    pub fn open_scans(&self) -> usize {
        self.state().sessions.len()
    }

    /// All rows that a query returns of a partition, or of the collection, in ascending order of their keys, whatever is
    /// loaded: to compare with.
    pub fn rows(&self, collection: &CollectionName, partition: Option<&str>) -> Option<RecordBatch> {
        let mut state = self.state();
        let id = state.id_of(collection)?;
        let schema = state.collections[&id].schema.clone();
        let everything = Loaded::AllBut(BTreeSet::new());
        let was_loaded = std::mem::replace(&mut state.collections.get_mut(&id).unwrap().loaded, everything);
        let mut scan = Scan::new(ScanSpec {
            range: KeyRange::default(),
            collection: collection.clone(),
            schema,
            partition: partition.map(str::to_owned),
            read_point: ReadPoint::Unknown,
            batch_bytes: usize::MAX,
        });
        let page = scan.next_page(&mut state);
        state.collections.get_mut(&id).unwrap().loaded = was_loaded;
        page.unwrap()
    }
}
