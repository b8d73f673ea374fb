//! [`MilvusConnection`]: one gRPC channel to one database of one Milvus server.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use milvus_backup_core::{DEFAULT_DATABASE, Environment, Result, RetryPolicy, validate_name};
use tokio::sync::{Mutex, MutexGuard};
use tonic::transport::Channel;

use crate::idempotency::IdempotencyKeys;
use crate::options::ConnectionOptions;
use crate::query_window::QueryWindow;
use crate::rate_limiter::RateLimiter;
use crate::transport::{Client, Credentials, Transport, client_over};
use crate::versions::Server;
use crate::wire::BufferPool;

/// A connection to one database of one Milvus server. Cheap to clone; clones share the channel.
///
/// Implements the traits [`milvus_backup_core::Catalog`], [`milvus_backup_core::RowSource`] and
/// [`milvus_backup_core::RowSink`].
#[derive(Clone)]
pub struct MilvusConnection {
    client: Client,
    channel: Channel,
    credentials: Credentials,
    transport: Transport,
    buffers: BufferPool,
    rate_limiter: RateLimiter,
    window: QueryWindow,
    uri: String,
    database: String,
    retry: RetryPolicy,
    request_timeout: Duration,
    environment: Environment,
    version: OnceLock<String>,
    authenticated: bool,
    /// Held by an insert that must not run concurrently with another one.
    insert_permit: Arc<Mutex<()>>,
    lost: Arc<AtomicBool>,
    skips_row_policies: Arc<AtomicBool>,
    idempotency_keys: IdempotencyKeys,
    /// Held while an import is requested.
    import_permit: Arc<Mutex<()>>,
}

impl fmt::Debug for MilvusConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MilvusConnection")
            .field("uri", &self.uri)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl MilvusConnection {
    /// Creates a connection over an open channel. `uri` is the address for messages.
    pub(crate) fn over(channel: Channel, credentials: Credentials, uri: String, options: ConnectionOptions) -> Self {
        let transport = Transport::new(channel.clone(), credentials.clone());
        let client = client_over(&transport);
        let database = if options.database.is_empty() { DEFAULT_DATABASE.to_owned() } else { options.database };
        Self {
            client,
            channel,
            credentials,
            transport,
            buffers: BufferPool::default(),
            rate_limiter: RateLimiter::new(options.environment.clone()),
            window: QueryWindow::default(),
            uri,
            database,
            retry: options.retry,
            request_timeout: options.request_timeout,
            environment: options.environment,
            version: OnceLock::new(),
            authenticated: options.token.is_some(),
            insert_permit: Arc::default(),
            lost: Arc::default(),
            skips_row_policies: Arc::default(),
            idempotency_keys: IdempotencyKeys::default(),
            import_permit: Arc::default(),
        }
    }

    /// Returns a connection to another database of the same server, over the same channel. Whether it exists is not
    /// checked.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](milvus_backup_core::Error::InvalidParameter) for a name that no database can have.
    pub fn in_database(&self, database: &str) -> Result<Self> {
        let database = if database.is_empty() { DEFAULT_DATABASE } else { database };
        validate_name("database", database)?;
        let credentials = self.credentials.in_database(database)?;
        let transport = Transport::new(self.channel.clone(), credentials.clone());
        let client = client_over(&transport);
        Ok(Self { client, credentials, transport, database: database.to_owned(), ..self.clone() })
    }

    /// Returns the address, without credentials.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns the database that all calls refer to.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the database in the form of requests: empty for the default one, whose name the oldest servers do not
    /// know.
    pub(crate) fn request_database(&self) -> String {
        if self.database == DEFAULT_DATABASE { String::new() } else { self.database.clone() }
    }

    /// Returns whether calls carry a token, so that the server may have privileges to check.
    pub(crate) fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Returns the limit of the rows that a query may request.
    pub(crate) fn window(&self) -> &QueryWindow {
        &self.window
    }

    pub(crate) fn rate_limiter(&self) -> &RateLimiter {
        &self.rate_limiter
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry
    }

    /// Returns the source of time and randomness.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// Returns whether a call failed in the transport since the connection was made: the server may have restarted.
    pub(crate) fn was_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Records that a call failed in the transport.
    pub(crate) fn mark_lost(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    /// Returns whether queries ask to be exempt from policies for rows.
    pub(crate) fn skips_row_policies(&self) -> bool {
        self.skips_row_policies.load(Ordering::Relaxed)
    }

    /// Has queries ask to be exempt from policies for rows from now on. Servers without such policies need not be asked,
    /// and older ones do not know the request.
    pub(crate) fn skip_row_policies(&self) {
        self.skips_row_policies.store(true, Ordering::Relaxed);
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns the channel, for calls with custom messages.
    pub(crate) fn transport(&self) -> Transport {
        self.transport.clone()
    }

    /// Returns the buffers for messages with rows.
    pub(crate) fn buffers(&self) -> BufferPool {
        self.buffers.clone()
    }

    /// Waits for the permit to insert, which only one insert of this connection holds at a time.
    pub(crate) async fn insert_permit(&self) -> MutexGuard<'_, ()> {
        self.insert_permit.lock().await
    }

    /// Returns the keys under which calls are made that must not be carried out twice.
    pub(crate) fn idempotency_keys(&self) -> &IdempotencyKeys {
        &self.idempotency_keys
    }

    /// Waits for the permit to request an import, which only one task of this connection holds at a time.
    pub(crate) async fn import_permit(&self) -> MutexGuard<'_, ()> {
        self.import_permit.lock().await
    }

    /// Returns the version of the server; `None` if it was not requested yet.
    pub(crate) fn known_version(&self) -> Option<&str> {
        self.version.get().map(String::as_str)
    }

    /// Records the version of the server, and returns the one that was recorded first.
    pub(crate) fn keep_version(&self, version: String) -> &str {
        self.version.get_or_init(|| version)
    }

    /// Returns the kind of the server; `None` if it was not requested yet.
    pub(crate) fn known_server(&self) -> Option<Server> {
        self.known_version().map(Server::from_version)
    }
}
