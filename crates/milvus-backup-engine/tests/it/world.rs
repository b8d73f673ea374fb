//! A Milvus, a repository and a manager over both, all in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use milvus_backup_core::{
    BackupId, BackupParams, BackupRecoveryConfig, Catalog, CollectionName, CollectionRef, Environment, Error,
    Interrupt, Milvus, Result, RetryPolicy, RowSink,
};
use milvus_backup_engine::{BackupManager, BackupRepository, Databases, Instance};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::Storage;
use milvus_backup_store_local::ParquetFormat;
use milvus_backup_testkit::fakes::faults::{Faults, FaultyMilvus, FaultyStore};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::counting::{Counting, Log};
use crate::environment::{TestClock, Warnings, environment};

/// Everything that a test needs.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) milvus: InMemoryMilvus,
    pub(crate) store: Arc<InMemory>,
    pub(crate) log: Arc<Log>,
    pub(crate) repository: RepositoryHandle,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) environment: Environment,
    pub(crate) warnings: Arc<Warnings>,
    pub(crate) manager: BackupManager,
}

impl World {
    pub(crate) fn new(model: ServerModel) -> Self {
        Self::over(InMemory::new(), InMemoryMilvus::new(model))
    }

    /// The same with a store and a Milvus that have something in them.
    pub(crate) fn over(store: InMemory, milvus: InMemoryMilvus) -> Self {
        let (store, log) = (Arc::new(store), Arc::new(Log::default()));
        let repository = RepositoryHandle::new(storage(&store, &log));
        let clock = TestClock::new();
        let environment = environment(Arc::clone(&clock));
        let warnings = Arc::new(Warnings::default());
        let manager = manager(Arc::new(milvus.clone()), &repository, environment.clone(), &warnings);
        Self { milvus, store, log, repository, clock, environment, warnings, manager }
    }

    /// Milvus 2.3, in which `films` has two partitions, an index and an alias, and is loaded.
    pub(crate) async fn with_films() -> (Self, CollectionName) {
        let world = Self::new(ServerModel::milvus_2_3());
        let films = world.filled("films").await;
        (world, films)
    }

    /// A manager of the same Milvus and repository that ends when it is told to.
    pub(crate) fn interruptible(&self, interrupt: Interrupt) -> BackupManager {
        let environment = Environment { interrupt, ..self.environment.clone() };
        manager(Arc::new(self.milvus.clone()), &self.repository, environment, &self.warnings)
    }

    /// The same, and what needs no Milvus, with faults around Milvus and around the store. No call is repeated.
    pub(crate) fn faulty(&self, faults: &Faults, interrupt: Interrupt) -> (BackupManager, BackupRepository) {
        let environment = Environment { interrupt, ..self.environment.clone() };
        let milvus = FaultyMilvus::new(Arc::new(self.milvus.clone()), faults.clone());
        let store = FaultyStore::new(Arc::<InMemory>::clone(&self.store), faults.clone());
        let storage = Storage::from_store(Arc::new(store), "memory").with_retries(RetryPolicy::NEVER, &environment);
        let handle = RepositoryHandle::new(storage);
        let manager = manager(Arc::new(milvus), &handle, environment.clone(), &self.warnings);
        (manager, repository(handle, environment))
    }

    /// A manager of another Milvus over the same repository.
    pub(crate) fn elsewhere(&self, milvus: &InMemoryMilvus) -> BackupManager {
        manager(Arc::new(milvus.clone()), &self.repository, self.environment.clone(), &self.warnings)
    }

    /// A collection of two partitions with an index and an alias, as far as the server has such.
    pub(crate) async fn filled(&self, name: &str) -> CollectionName {
        let (milvus, schema) = (&self.milvus, samples::schema());
        let name: CollectionName = name.parse().unwrap();
        milvus.create_collection(&name, &schema).await.unwrap();
        if milvus.capabilities().await.unwrap().partitions {
            milvus.create_partition(&name, "p1").await.unwrap();
            milvus.insert(&name, &schema, Some("p1"), samples::rows(&schema, 100..120, "b")).await.unwrap();
        }
        milvus.create_index(&name, &samples::index()).await.unwrap();
        milvus.insert(&name, &schema, None, samples::rows(&schema, 0..30, "a")).await.unwrap();
        milvus.flush(&name).await.unwrap();
        match milvus.create_alias(&name, &format!("{name}_alias")).await {
            Ok(()) | Err(Error::Unsupported { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        milvus.load_collection(&name, None).await.unwrap();
        name
    }

    /// Backs a collection up under a name.
    pub(crate) async fn backed_up(&self, collection: &CollectionName, name: &str) -> BackupId {
        let created = self.manager.create_backup(collection, &BackupParams::full().with_name(name)).await;
        created.unwrap().backup_id.parse().unwrap()
    }

    /// The repository, as another process opens it: nothing is known of it.
    pub(crate) fn reopened(&self) -> BackupRepository {
        repository(RepositoryHandle::new(storage(&self.store, &self.log)), self.environment.clone())
    }

    pub(crate) fn reference(&self, name: &CollectionName) -> CollectionRef {
        self.manager.collection(name).unwrap()
    }

    /// The server with this database, and with others that have the same repository.
    pub(crate) fn instance(&self, others: &[&InMemoryMilvus]) -> Instance {
        self.instance_of(self.manager.clone(), others)
    }

    /// The same with a manager of this database that is given.
    pub(crate) fn instance_of(&self, home: BackupManager, others: &[&InMemoryMilvus]) -> Instance {
        let database = |milvus: &&InMemoryMilvus| (milvus.database().to_owned(), self.elsewhere(milvus));
        self.milvus.set_other_databases(others.iter().map(|milvus| milvus.database()));
        Instance::new(home, Arc::new(InMemoryDatabases(others.iter().map(database).collect())))
    }

    /// The texts of all rows of a partition, whatever is loaded.
    pub(crate) fn texts(&self, collection: &CollectionName, partition: &str) -> Vec<String> {
        self.milvus.rows(collection, Some(partition)).map(|rows| samples::texts(&rows)).unwrap_or_default()
    }

    /// All objects of the store but the marker of the repository, sorted.
    pub(crate) async fn files(&self) -> Vec<String> {
        let objects: Vec<_> = self.store.list(None).try_collect().await.unwrap();
        let mut files: Vec<String> = objects.into_iter().map(|object| object.location.to_string()).collect();
        files.retain(|file| file != "repository.json");
        files.sort_unstable();
        files
    }

    pub(crate) async fn read(&self, file: &str) -> Vec<u8> {
        self.store.get(&Path::parse(file).unwrap()).await.unwrap().bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn write(&self, file: &str, bytes: Vec<u8>) {
        self.store.put(&Path::parse(file).unwrap(), PutPayload::from(bytes)).await.unwrap();
    }

    /// Makes certain that an operation left nothing open and nothing registered.
    pub(crate) async fn assert_tidy(&self) {
        assert_eq!(self.milvus.open_scans(), 0, "scans are open");
        assert_eq!(self.repository.list_staging().await.unwrap(), [], "collections are registered");
        let locks: Vec<String> = self.files().await.into_iter().filter(|file| file.contains("/locks/")).collect();
        assert_eq!(locks, Vec::<String>::new(), "leases are held");
    }
}

/// The databases of a server beside the one of a world, by their names.
#[derive(Debug)]
struct InMemoryDatabases(BTreeMap<String, BackupManager>);

impl Databases for InMemoryDatabases {
    fn manager(&self, database: &str) -> Result<BackupManager> {
        let missing = || Error::DatabaseNotFound { database: database.to_owned() };
        self.0.get(database).cloned().ok_or_else(missing)
    }
}

/// The lease of the operation that takes one over.
pub(crate) fn successor(collection: &CollectionName) -> String {
    format!("{collection}/locks/00000002.json")
}

/// Lets another operation take over the lease of a collection.
pub(crate) async fn take_over(store: &InMemory, collection: &CollectionName) {
    let (held, successor) = (format!("{collection}/locks/00000001.json"), successor(collection));
    let text = store.get(&Path::from(held.as_str())).await.unwrap().bytes().await.unwrap();
    let mut lease: serde_json::Value = serde_json::from_slice(&text).unwrap();
    lease["owner"] = "another".into();
    lease["process"]["machine"] = "another".into();
    store.put(&Path::from(successor), PutPayload::from(lease.to_string())).await.unwrap();
    store.delete(&Path::from(held)).await.unwrap();
}

fn storage(store: &Arc<InMemory>, log: &Arc<Log>) -> Storage {
    let counting = Counting::new(Arc::<InMemory>::clone(store), Arc::clone(log));
    Storage::from_store(Arc::new(counting), "memory")
}

fn repository(handle: RepositoryHandle, environment: Environment) -> BackupRepository {
    let (format, config) = (Arc::new(ParquetFormat::new(handle.clone())), BackupRecoveryConfig::default());
    BackupRepository::new(Arc::new(handle), format, config, environment).unwrap()
}

fn manager(
    milvus: Arc<dyn Milvus>,
    repository: &RepositoryHandle,
    environment: Environment,
    warnings: &Arc<Warnings>,
) -> BackupManager {
    let format = Arc::new(ParquetFormat::new(repository.clone()));
    let config = BackupRecoveryConfig {
        max_retries: 1,
        retry_delay_seconds: Duration::from_millis(10),
        ..BackupRecoveryConfig::default()
    };
    let manager = BackupManager::new(milvus, Arc::new(repository.clone()), format, config, environment).unwrap();
    manager.with_progress(Arc::<Warnings>::clone(warnings))
}

/// Parameters with some of them changed.
pub(crate) fn with<T>(mut params: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut params);
    params
}

/// Parameters of a create that reads one partition after the other.
pub(crate) fn one_by_one() -> BackupParams {
    with(BackupParams::full(), |params| params.concurrency = Some(1))
}

/// The cause of a failed operation, below the error that says which one failed.
pub(crate) fn cause(error: Error) -> Error {
    match error {
        Error::Backup { source, .. } | Error::Restore { source, .. } => *source,
        error => error,
    }
}

/// A refusal of the server for good.
pub(crate) fn refusal(call: &str) -> Error {
    Error::Milvus { call: call.to_owned(), code: 1, message: "on purpose".to_owned(), retryable: false }
}

/// A refusal of something that the user may not do.
pub(crate) fn denial(call: &str) -> Error {
    let (uri, message) = ("in-memory".to_owned(), "on purpose".to_owned());
    Error::PermissionDenied { uri, call: call.to_owned(), privileges: Vec::new(), message }
}

/// A server that does not answer.
pub(crate) fn silence() -> Error {
    Error::Unreachable { uri: "in-memory".to_owned(), source: "on purpose".into() }
}

/// Makes the process that wrote the documents of the store another one, which is dead.
pub(crate) async fn bury(world: &World) {
    for file in world.files().await.into_iter().filter(|file| !file.contains("/data/")) {
        let mut document: serde_json::Value = serde_json::from_slice(&world.read(&file).await).unwrap();
        if let Some(process) = document.get_mut("process") {
            process["started"] = "1".into();
            world.write(&file, document.to_string().into_bytes()).await;
        }
    }
}
