//! [`Storage`]: the root of a repository.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::SystemTime;

use milvus_backup_core::{Environment, Result, RetryPolicy};
use object_store::ObjectStore;
use object_store::path::Path;

use crate::directory::Directory;
use crate::error::{may_be_repeated, storage};
use crate::local::{LocalDisk, local_store};
use crate::location::Location;
use crate::medium::Medium;
use crate::options::StoreOptions;
use crate::remote::{self, Objects};
use crate::retrying::{Retries, Retrying};
use crate::transfer_rules::TransferRules;

/// The root of a repository: an object store, and the properties of the medium below it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The store with retries of transient failures.
    store: Arc<dyn ObjectStore>,
    /// The store without retries.
    bare: Arc<dyn ObjectStore>,
    /// Set by [`Storage::with_retries`]; without it, calls are made once.
    retries: Option<Retries>,
    location: String,
    medium: Arc<dyn Medium>,
    rules: TransferRules,
}

impl Storage {
    /// Opens a directory, by path or by `file://` URL, or an object store by its URL without options. A directory is
    /// created on the first write.
    ///
    /// # Errors
    /// The errors of [`Storage::open_with`].
    pub fn open(location: &str) -> Result<Self> {
        Self::open_with(location, &StoreOptions::default())
    }

    /// Opens a directory, by path or by `file://` URL, or an object store by its URL, such as `s3://bucket/prefix`. No
    /// request is made.
    ///
    /// # Errors
    /// [`InvalidParameter`](milvus_backup_core::Error::InvalidParameter) for an empty location, for a URL of another
    /// scheme or with credentials in it, and for an unknown option; [`Storage`](milvus_backup_core::Error::Storage) for
    /// options that contradict each other.
    pub fn open_with(location: &str, options: &StoreOptions) -> Result<Self> {
        match Location::parse(location)? {
            Location::Directory(directory) => {
                let bare = local_store(&directory)?;
                Ok(Self::over(bare, location, Arc::new(LocalDisk::new(directory)), TransferRules::default()))
            }
            Location::Service(service) => {
                let remote = remote::open(&service, options)?;
                Ok(Self::over(remote.store, location, Arc::new(remote.medium), remote.rules))
            }
        }
    }

    /// Uses an object store that is already open. `location` is its name in messages.
    pub fn from_store(store: Arc<dyn ObjectStore>, location: &str) -> Self {
        Self::over(store, location, Arc::new(Objects::default()), TransferRules::objects())
    }

    fn over(bare: Arc<dyn ObjectStore>, location: &str, medium: Arc<dyn Medium>, rules: TransferRules) -> Self {
        let store = Arc::new(Retrying::new(Arc::clone(&bare), None));
        Self { store, bare, retries: None, location: location.to_owned(), medium, rules }
    }

    /// Retries transient failures by this policy, with the time and the randomness of an environment. Until then, calls
    /// are made once.
    #[must_use]
    pub fn with_retries(self, policy: RetryPolicy, environment: &Environment) -> Self {
        let retries = Retries { policy, environment: environment.clone() };
        Self { retries: Some(retries), ..self }.reopened()
    }

    /// Puts the retries around the bare store.
    fn reopened(self) -> Self {
        Self { store: Arc::new(Retrying::new(Arc::clone(&self.bare), self.retries.clone())), ..self }
    }

    /// Inserts a layer between the object store and the retries: to throttle, to count, or to inject failures.
    #[must_use]
    pub fn layered(self, layer: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        Self { bare: layer(Arc::clone(&self.bare)), ..self }.reopened()
    }

    /// Returns the location as it was given, without credentials.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Returns whether the caller has allowed a repository to be started on a store that breaks its promises.
    pub fn allows_unsafe(&self) -> bool {
        self.rules.unconditional
    }

    /// Returns the root as a local path; `None` for an object store.
    pub fn local_root(&self) -> Option<&FilePath> {
        self.medium.local_root()
    }

    /// Returns the objects below a path of safe segments.
    pub fn directory(&self, path: impl Into<String>) -> Directory {
        Directory::new(Arc::clone(&self.store), path).with_rules(self.rules.clone())
    }

    /// Lists the names of the directories directly below `path`; empty if the path does not exist.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error) if the store cannot be listed.
    pub async fn subdirectories(&self, path: &str) -> Result<Vec<String>> {
        let prefix = Path::parse(path).map_err(|source| storage("name", path, source.into()))?;
        let listed = match self.store.list_with_delimiter(Some(&prefix)).await {
            Ok(listed) => listed,
            Err(object_store::Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(source) => return Err(storage("list", path, source)),
        };
        let names = listed.common_prefixes.iter().filter_map(|path| path.filename().map(str::to_owned));
        Ok(names.collect())
    }
}

/// Properties of the medium. Each method documents its behaviour for an object store.
impl Storage {
    /// Returns whether the root exists. The root of an object store always does: a bucket that is missing is an error
    /// of each call to it.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if the disk cannot be read.
    pub fn exists(&self) -> Result<bool> {
        self.medium.exists()
    }

    /// Creates the root directory. An object store needs none.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if the directory cannot be created.
    pub fn create(&self) -> Result<()> {
        self.medium.create()
    }

    /// Returns the number of free bytes; `None` for an object store, which reports no limit.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if the file system cannot be queried.
    pub fn available_bytes(&self) -> Result<Option<u64>> {
        self.medium.available_bytes()
    }

    /// Checks that there is no symbolic link on the path from the root to `directory`, nor below it, since following
    /// one leads out of the root. The root itself may be one. An object store has no links.
    ///
    /// # Errors
    /// [`Error::Corrupted`](milvus_backup_core::Error) with the path of the link.
    pub async fn refuse_links(&self, directory: &str) -> Result<()> {
        self.medium.refuse_links(directory).await
    }

    /// Checks that there is no symbolic link on the path from the root to an object, which need not exist. Cheaper than
    /// [`Self::refuse_links`], for one document of many. An object store has no links.
    ///
    /// # Errors
    /// [`Error::Corrupted`](milvus_backup_core::Error) with the path of the link.
    pub async fn refuse_links_to(&self, object: &str) -> Result<()> {
        self.medium.refuse_links_to(object).await
    }

    /// Makes removals from a directory durable. The deletions of an object store are durable when they return.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if the directory cannot be synchronised.
    pub async fn sync(&self, directory: &str) -> Result<()> {
        self.medium.sync(directory).await
    }

    /// Removes a directory whose objects were deleted, with temporary files that no store lists. An object store has no
    /// directories.
    ///
    /// # Errors
    /// [`Error::Internal`](milvus_backup_core::Error) if the task that removes it is lost. A directory that cannot be
    /// removed is logged.
    pub async fn remove_directory(&self, directory: &str) -> Result<()> {
        self.medium.remove_directory(directory).await
    }

    /// Removes a directory and its parents below the root, as far as they are empty. An object store has no
    /// directories.
    pub fn remove_empty(&self, directory: &str) {
        self.medium.remove_empty(directory);
    }

    /// Removes temporary files of interrupted writes of documents: those that have not been modified since a time, or
    /// all. An object store has none: a document is visible complete or not at all.
    pub fn remove_temporary_files(&self, directory: &str, unchanged_since: Option<SystemTime>) {
        self.medium.remove_temporary_files(directory, unchanged_since);
    }

    /// Lists the files of interrupted uploads below a directory of an object store that can list them, as paths from
    /// the root.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if they cannot be listed.
    pub async fn open_uploads(&self, directory: &str) -> Result<Vec<String>> {
        self.repeated(|| self.medium.open_uploads(directory)).await
    }

    /// Aborts the interrupted uploads below a directory, and removes their parts; on a disk, their temporary files.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error) if they cannot be listed or aborted.
    pub async fn abort_uploads(&self, directory: &str) -> Result<()> {
        self.repeated(|| self.medium.abort_uploads(directory)).await
    }

    /// Repeats a call that goes around the store, and so around its retries, unless its requests were retried.
    async fn repeated<T, F>(&self, call: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        if let Some(Retries { policy, environment }) = &self.retries {
            for delay in policy.delays(environment) {
                match call().await {
                    Err(error) if may_be_repeated(&error) => environment.sleep(delay).await,
                    outcome => return outcome,
                }
            }
        }
        call().await
    }

    /// Returns whether the root is in an object store to which each call is a request over a network.
    pub fn is_remote(&self) -> bool {
        self.medium.is_remote()
    }

    /// Returns the time of the store at its last response, if it reports one.
    pub fn store_time(&self) -> Option<jiff::Timestamp> {
        self.medium.store_time()
    }
}
