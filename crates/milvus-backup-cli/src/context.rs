//! The context of every command: settings, the repository, and a connection to Milvus on demand.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use milvus_backup_client::{
    ConnectionOptions, LITE_EXECUTABLE, LiteServer, MilvusConnection, Missing, SystemClock, SystemEntropy,
};
use milvus_backup_core::{
    BackupRecoveryConfig, BackupStorageType, CollectionName, CollectionRef, DEFAULT_DATABASE, Environment, Error,
    Interrupt, PhysicalFormat, Progress, ProgressEvent, Repository, Result, RowFormat,
};
use milvus_backup_engine::{BackupManager, BackupRepository, Instance};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::StoreOptions;
use milvus_backup_store_local::ParquetFormat;
use milvus_backup_store_native::ToolRoot;

use crate::Layers;
use crate::args::{Global, ProgressFormat};
use crate::command_error::CommandError;
use crate::json_lines::JsonLines;
use crate::managers::Managers;
use crate::output::Output;
use crate::progress::Display;
use crate::settings::{MilvusSettings, NativeSettings, Settings};
use crate::target::Target;

/// The settings and components that every command uses.
#[derive(Debug)]
pub(crate) struct Context {
    global: Global,
    target: Target,
    pub(crate) output: Output,
    pub(crate) config: BackupRecoveryConfig,
    environment: Environment,
    repository: Arc<dyn Repository>,
    handle: RepositoryHandle,
    format: Arc<dyn RowFormat>,
    physical: Arc<dyn PhysicalFormat>,
    progress: Arc<dyn Progress>,
    layers: Layers,
    milvus: MilvusSettings,
    native: NativeSettings,
    /// The configuration files that were read.
    config_files: Vec<PathBuf>,
}

/// A manager, and the Milvus Lite process that was started for it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) manager: BackupManager,
    managers: Arc<Managers>,
    lite: Option<LiteServer>,
}

impl Session {
    /// Returns the server with all its databases.
    pub(crate) fn instance(&self) -> Instance {
        Instance::new(self.manager.clone(), Arc::<Managers>::clone(&self.managers))
    }

    /// Stops the Milvus Lite process, if one was started, so that all its data is on disk.
    pub(crate) async fn close(self) {
        let Self { manager, managers, lite } = self;
        drop((manager, managers));
        if let Some(lite) = lite {
            lite.stop().await;
        }
    }
}

impl Context {
    pub(crate) fn new(
        global: Global,
        settings: Settings,
        output: Output,
        interrupt: Interrupt,
        layers: Layers,
    ) -> Result<Self> {
        let Settings { recovery: config, milvus, native, files: config_files, .. } = settings;
        let target = Target::new(milvus.uri.as_deref().unwrap_or_default(), milvus.database.as_deref())?;
        for warning in config.validate()? {
            tracing::warn!("{warning}");
        }
        let root = config.local_backup_root_path.clone();
        let clock = Arc::new(SystemClock::new());
        let progress: Arc<dyn Progress> = match global.progress {
            ProgressFormat::Text => Arc::new(Display::new(Arc::clone(&clock), !global.quiet)),
            ProgressFormat::Json => Arc::new(JsonLines::new(Arc::clone(&clock), config.progress_poll_interval)),
        };
        let environment = Environment { clock, entropy: Arc::new(SystemEntropy), interrupt };
        let repository = open_repository(&root, &config, &environment, layers)?;
        Ok(Self {
            format: Arc::new(ParquetFormat::new(repository.clone())),
            physical: Arc::new(crate::native::format(&repository, &config, &environment)?),
            repository: Arc::new(repository.clone()),
            handle: repository,
            environment,
            progress,
            target,
            global,
            output,
            config,
            layers,
            milvus,
            native,
            config_files,
        })
    }

    /// Runs `operation` until it completes or a signal arrives.
    pub(crate) async fn interruptible<T>(&self, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.environment.bounded(Duration::MAX, operation).await
    }

    /// Returns the remaining time of the deadline that was given for the operation.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        // The clock started with the command. A deadline that has passed still counts.
        let passed = self.environment.clock.elapsed();
        self.global.timeout.map(|timeout| timeout.saturating_sub(passed).max(Duration::from_millis(1)))
    }

    /// Returns a description of where the settings come from.
    pub(crate) fn origin(&self) -> String {
        if self.config_files.is_empty() {
            return "no file: defaults, options and the environment".to_owned();
        }
        let files: Vec<String> = self.config_files.iter().map(|path| path.display().to_string()).collect();
        format!("read from {}", files.join(" and "))
    }

    /// Returns the address of Milvus, without a database.
    pub(crate) fn uri(&self) -> &str {
        &self.target.uri
    }

    /// Returns the clock and the interrupt of the command.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the file of metrics, if one is wanted.
    pub(crate) fn metrics_file(&self) -> Option<&Path> {
        self.global.metrics_file.as_deref()
    }

    /// Returns the database of the commands.
    pub(crate) fn database(&self) -> &str {
        &self.target.database
    }

    pub(crate) fn yes(&self) -> bool {
        self.global.yes
    }

    /// Returns the collection that `name` refers to: one in the database of the options, or `DATABASE.COLLECTION`, as
    /// `list` prints it. Milvus allows no dot in a name, but Milvus Lite 3 does: in this case, the second one is the
    /// collection whose name contains the dot.
    pub(crate) fn collections(&self, name: &str) -> Result<(CollectionRef, Option<CollectionRef>)> {
        let plain = CollectionRef::new(&self.target.database, name.parse::<CollectionName>()?)?;
        match name.split_once('.') {
            Some((database, collection)) if !database.is_empty() && !collection.is_empty() => {
                Ok((CollectionRef::new(database, collection.parse()?)?, Some(plain)))
            }
            _ => Ok((plain, None)),
        }
    }

    /// Returns the operations that do not need Milvus.
    pub(crate) fn repository(&self) -> Result<BackupRepository> {
        self.operations_on(Arc::clone(&self.repository), Arc::clone(&self.format), Arc::clone(&self.physical))
    }

    /// Returns the same operations on the repository at another root.
    pub(crate) fn repository_at(&self, root: &str) -> Result<BackupRepository> {
        let repository = open_repository(root, &self.config, &self.environment, self.layers)?;
        let format = Arc::new(ParquetFormat::new(repository.clone()));
        let physical = crate::native::format(&repository, &self.config, &self.environment)?;
        self.operations_on(Arc::new(repository), format, Arc::new(physical))
    }

    fn operations_on(
        &self,
        store: Arc<dyn Repository>,
        format: Arc<dyn RowFormat>,
        physical: Arc<dyn PhysicalFormat>,
    ) -> Result<BackupRepository> {
        let repository = BackupRepository::new(store, format, self.config.clone(), self.environment.clone())?;
        Ok(repository.with_physical(physical).with_progress(Arc::clone(&self.progress)))
    }

    /// Returns the backups below a root that milvus-backup wrote without this product.
    pub(crate) fn foreign_backups(&self, root: &str) -> Result<ToolRoot> {
        let place = open_repository(root, &self.config, &self.environment, self.layers)?;
        let format = crate::native::format(&self.handle, &self.config, &self.environment)?;
        Ok(ToolRoot::new(place.storage().clone(), self.handle.clone(), format))
    }

    /// Prints a warning in the same way as operations do.
    pub(crate) fn warn(&self, message: String) {
        self.progress.event(ProgressEvent::Warning { message });
    }

    /// Returns whether Milvus is a Milvus Lite process that runs only as long as this command.
    pub(crate) fn is_lite_path(&self) -> bool {
        self.target.lite_path().is_some()
    }

    /// Connects to Milvus, or starts Milvus Lite on an existing database and connects to it.
    pub(crate) async fn connect(&self) -> Result<Session> {
        self.connect_in_time(Missing::Refuse, false).await
    }

    /// Connects for a restore: a Milvus Lite database that does not exist is created. The restore may create the database
    /// inside Milvus, if that is allowed to be missing.
    pub(crate) async fn connect_for_restore(&self, allow_missing_database: bool) -> Result<Session> {
        self.connect_in_time(Missing::Create, allow_missing_database).await
    }

    /// Connects within the deadline that was given, or until a signal arrives.
    async fn connect_in_time(&self, missing: Missing, allow_missing_database: bool) -> Result<Session> {
        let deadline = self.timeout().unwrap_or(Duration::MAX);
        self.environment.bounded(deadline, Box::pin(self.connect_to_database(missing, allow_missing_database))).await
    }

    async fn connect_to_database(&self, missing: Missing, allow_missing_database: bool) -> Result<Session> {
        let (uri, lite) = if let Some(path) = self.target.lite_path() {
            let server = LiteServer::start(path, &lite_executable(), missing, self.environment.clone()).await?;
            (server.uri().to_owned(), Some(server))
        } else {
            (self.target.uri.clone(), None)
        };
        let mut options = self.connection_options(uri)?;
        options.allow_missing_database = allow_missing_database;
        let connection = self.wait_for_connection(&options, lite.is_some()).await?;
        let managers = Arc::new(self.managers(connection)?);
        Ok(Session { manager: managers.home()?, managers, lite })
    }

    /// Returns what opens the databases of a server.
    fn managers(&self, connection: MilvusConnection) -> Result<Managers> {
        // The token is needed again only by a program that connects on its own.
        let is_native = self.config.default_storage_type == BackupStorageType::MilvusNative;
        Ok(Managers {
            connection: Arc::new(connection),
            layers: self.layers,
            repository: self.handle.clone(),
            config: self.config.clone(),
            environment: self.environment.clone(),
            progress: Arc::clone(&self.progress),
            uri: self.target.uri.clone(),
            tls: self.milvus.tls.clone(),
            native_tool: self.native.tool.clone(),
            token: if is_native { self.token()? } else { None },
        })
    }

    /// Returns the root of the storage of Milvus, if it is given.
    fn milvus_storage(&self) -> Option<&str> {
        self.config.milvus_storage.as_deref()
    }

    /// Fails unless the storage of Milvus is given.
    pub(crate) fn require_milvus_storage(&self) -> Result<(), CommandError> {
        if self.milvus_storage().is_some() {
            return Ok(());
        }
        Err(crate::milvus_storage::missing())
    }

    /// Connects; retries if Milvus Lite was just started, which accepts connections before it can respond.
    async fn wait_for_connection(&self, options: &ConnectionOptions, started: bool) -> Result<MilvusConnection> {
        let mut attempts = if started { 50 } else { 1 };
        loop {
            attempts -= 1;
            match MilvusConnection::connect(options.clone()).await {
                Err(Error::Unreachable { .. }) if attempts > 0 => {
                    self.environment.sleep(Duration::from_millis(100)).await;
                }
                outcome => return outcome,
            }
        }
    }

    fn connection_options(&self, uri: String) -> Result<ConnectionOptions> {
        let mut options = ConnectionOptions::new(uri);
        options.environment = self.environment.clone();
        options.shown_as = self.target.lite_path().map(lite_name);
        options.token = self.token()?;
        let database = &self.target.database;
        options.database = if database == DEFAULT_DATABASE { String::new() } else { database.clone() };
        let tls = &self.milvus.tls;
        options.ca_certificate.clone_from(&tls.ca);
        options.server_name.clone_from(&tls.server_name);
        options.client_certificate = match (&tls.cert, &tls.key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (None, None) => None,
            (Some(certificate), None) => return Err(one_of_two("tls-cert", certificate, "tls-key")),
            (None, Some(key)) => return Err(one_of_two("tls-key", key, "tls-cert")),
        };
        options.retry = self.config.retry_policy();
        Ok(options)
    }

    /// Returns the token from its file or from the environment, never from the command line.
    fn token(&self) -> Result<Option<String>> {
        let in_variable = || std::env::var("MILVUS_TOKEN").ok().filter(|token| !token.is_empty());
        // The variable is above the file that a configuration names, and below the one that an option names.
        if self.global.token_file.is_none()
            && let Some(token) = in_variable()
        {
            return Ok(Some(token));
        }
        let Some(path) = &self.milvus.token_file else { return Ok(None) };
        let token = std::fs::read_to_string(path).map_err(|source| Error::Configuration {
            role: "token file".to_owned(),
            path: path.display().to_string(),
            source: Box::new(source),
        })?;
        Ok(Some(token.trim().to_owned()))
    }
}

/// Opens the repository at a root. Nothing is read or created yet.
fn open_repository(
    root: &str,
    config: &BackupRecoveryConfig,
    environment: &Environment,
    layers: Layers,
) -> Result<RepositoryHandle> {
    let storage = milvus_backup_storage::Storage::open_with(root, &repository_options(config))?;
    let storage = storage.with_retries(config.retry_policy(), environment).layered(layers.store);
    Ok(RepositoryHandle::new(storage))
}

/// Returns the options of the client of the store at a root.
pub(crate) fn repository_options(config: &BackupRecoveryConfig) -> StoreOptions {
    StoreOptions::new(config.storage.clone())
        .with_environment(crate::store_environment::variables())
        .with_retries(config.retry_policy())
        .with_unsafe_allowed(config.allow_unsafe_storage)
}

/// Returns the error for a file of TLS that is useless without another one.
fn one_of_two(field: &str, path: &Path, missing: &str) -> Error {
    Error::InvalidParameter {
        field: field.to_owned(),
        value: path.display().to_string(),
        limit: format!("given together with `{missing}`"),
    }
}

/// Returns the name of a Milvus Lite database for messages and for the repository: its absolute path, because a later
/// command may run in another directory.
fn lite_name(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}

/// Returns the program that serves Milvus Lite: the one in the environment variable, or the one on `PATH`.
fn lite_executable() -> PathBuf {
    std::env::var_os("MILVUS_BR_MILVUS_LITE").map_or_else(|| PathBuf::from(LITE_EXECUTABLE), PathBuf::from)
}
