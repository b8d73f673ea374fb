//! [`MilvusConnection`]: one gRPC channel to one database of one Milvus.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use milvus::proto::common::ClientInfo;
use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_backup_core::{DEFAULT_DATABASE, Error, Result, RetryPolicy};
use tokio::sync::{Mutex, MutexGuard};
use tonic::codegen::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::access::permission_denied;
use crate::address::without_credentials;
use crate::describe::key_values;
use crate::options::ConnectionOptions;
use crate::pace::Pace;
use crate::scan::QueryWindow;
use crate::status::{
    IntoStatus, NOT_AUTHENTICATED, NOT_PERMITTED, check, is_database_not_found, is_not_http_2, is_without_grpc_status,
    limited, refused,
};
use crate::transport::{Credentials, endpoint};
use crate::versions::Server;
use crate::wire::MessageBuffers;

/// Largest answer that is accepted. A page that is larger is asked for again in halves.
pub(crate) const MAX_MESSAGE_BYTES: usize = 128 << 20;

/// What stands for the version of a server that has no call to tell it: that is Milvus Lite 2.
pub(crate) const LITE_2: &str = "milvus_lite-2";

/// A connection to one database of one Milvus. Cheap to clone; clones share the channel.
///
/// Implements the traits [`milvus_backup_core::Catalog`], [`milvus_backup_core::RowSource`] and
/// [`milvus_backup_core::RowSink`].
#[derive(Clone)]
pub struct MilvusConnection {
    client: Client,
    transport: Transport,
    messages: MessageBuffers,
    pace: Pace,
    window: QueryWindow,
    uri: String,
    database: String,
    retry: RetryPolicy,
    request_timeout: Duration,
    version: OnceLock<String>,
    authenticated: bool,
    /// Held by an insert that must not run beside another one.
    insert_turn: Arc<Mutex<()>>,
    lost: Arc<AtomicBool>,
}

/// The channel, with who we are.
pub(crate) type Transport = InterceptedService<Channel, Credentials>;

/// The generated calls.
pub(crate) type Client = MilvusServiceClient<Transport>;

impl fmt::Debug for MilvusConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MilvusConnection")
            .field("uri", &self.uri)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl MilvusConnection {
    /// Connects, and asks the server who it is.
    ///
    /// # Errors
    /// [`Error::Unreachable`] within [`ConnectionOptions::connect_timeout`], [`Error::Authentication`], and
    /// [`Error::InvalidParameter`] for an address that cannot be parsed.
    pub async fn connect(options: ConnectionOptions) -> Result<Self> {
        let uri = options.shown_as.clone().unwrap_or_else(|| without_credentials(&options.uri));
        let limit = options.connect_timeout;
        let connected = tokio::time::timeout(limit, Self::introduce(options)).await;
        connected.map_err(|source| Error::Unreachable { uri, source: Box::new(source) })?
    }

    /// Makes the database that the options name, with these properties, over a connection of its own. One that exists
    /// is an error of the server.
    pub async fn create_database(options: ConnectionOptions, properties: &BTreeMap<String, String>) -> Result<()> {
        let db_name = options.database.clone();
        let connection = Self::connect(ConnectionOptions { database: String::new(), ..options }).await?;
        let properties = key_values(properties);
        let request = pb::CreateDatabaseRequest { db_name, properties, ..Default::default() };
        let send = |mut client: Client, request| async move { client.create_database(request).await };
        connection.call("CreateDatabase", request, send).await.map(drop)
    }

    async fn introduce(options: ConnectionOptions) -> Result<Self> {
        let endpoint = endpoint(&options)?;
        let uri = options.shown_as.clone().unwrap_or_else(|| options.uri.clone());
        let channel = endpoint.connect().await.map_err(|source| not_connected(&uri, source))?;
        let authenticated = options.token.is_some();
        let transport = Transport::new(channel, Credentials::new(&options)?);
        let client = Client::new(transport.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let database = if options.database.is_empty() { DEFAULT_DATABASE.to_owned() } else { options.database };
        let connection = Self {
            client,
            transport,
            messages: MessageBuffers::default(),
            pace: Pace::default(),
            window: QueryWindow::default(),
            uri,
            database,
            retry: options.retry,
            request_timeout: options.request_timeout,
            version: OnceLock::new(),
            authenticated,
            insert_turn: Arc::default(),
            lost: Arc::default(),
        };
        connection.ping().await?;
        Ok(connection)
    }

    /// Whether calls carry a token, so that the server may have privileges to check.
    pub(crate) fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// The address, without credentials.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The database all calls refer to.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The database as requests carry it: empty for the default one, which the oldest servers do not know by name.
    pub(crate) fn request_database(&self) -> String {
        if self.database == DEFAULT_DATABASE { String::new() } else { self.database.clone() }
    }

    /// How many rows a query may ask for.
    pub(crate) fn window(&self) -> &QueryWindow {
        &self.window
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry
    }

    /// Whether a call could not be made or answered since the connection was made: the server may be another run of it.
    pub(crate) fn was_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// For calls with messages of our own.
    pub(crate) fn transport(&self) -> Transport {
        self.transport.clone()
    }

    /// For messages with rows.
    pub(crate) fn message_buffers(&self) -> MessageBuffers {
        self.messages.clone()
    }

    /// Waits until no other insert of this connection holds the turn.
    pub(crate) async fn insert_turn(&self) -> MutexGuard<'_, ()> {
        self.insert_turn.lock().await
    }

    /// Introduces this client to the server, and checks the credentials by doing so.
    pub async fn ping(&self) -> Result<()> {
        let info = ClientInfo {
            sdk_type: "milvus-br".to_owned(),
            sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ClientInfo::default()
        };
        let request = pb::ConnectRequest { base: None, client_info: Some(info) };
        match self.call("Connect", request, |mut client, request| async move { client.connect(request).await }).await {
            Err(Error::Unsupported { .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// The server's version text, asked for once per connection.
    pub async fn version(&self) -> Result<String> {
        if let Some(version) = self.version.get() {
            return Ok(version.clone());
        }
        let request = pb::GetVersionRequest {};
        let answer = self
            .call("GetVersion", request, |mut client, request| async move { client.get_version(request).await })
            .await;
        let version = match answer {
            Ok(answer) => answer.version,
            Err(Error::Unsupported { .. }) => LITE_2.to_owned(),
            Err(error) => return Err(error),
        };
        Ok(self.version.get_or_init(|| version).clone())
    }

    /// Which of the servers that differ this is, once it was asked.
    pub(crate) fn known_server(&self) -> Option<Server> {
        self.version.get().map(|version| Server::from_version(version))
    }

    /// Which of the servers that differ this is.
    pub(crate) async fn server(&self) -> Result<Server> {
        Ok(Server::from_version(&self.version().await?))
    }

    /// Makes one call, with the deadline of a request and retries on transient errors.
    pub(crate) async fn call<Q, A, F>(
        &self,
        name: &'static str,
        request: Q,
        send: impl Fn(Client, Request<Q>) -> F + Send + Sync,
    ) -> Result<A>
    where
        Q: Clone + Send + Sync,
        A: IntoStatus + Send,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        self.pace.retried(self.retry, || self.call_once(name, request.clone(), &send)).await
    }

    /// Makes one call, once: for what must not be done twice.
    pub(crate) async fn call_once<Q, A, F>(
        &self,
        name: &'static str,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> Result<A>
    where
        Q: Send,
        A: IntoStatus,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        let started = Instant::now();
        let answer = self.send(request, send).await;
        tracing::debug!(call = name, milliseconds = started.elapsed().as_millis(), ok = answer.is_ok());
        answer
            .map_or_else(|status| Err(self.transport_error(name, &status)), |answer| check(name, answer))
            .map_err(|error| self.named(name, error))
    }

    /// The error, by the name that callers know it by.
    fn named(&self, call: &str, error: Error) -> Error {
        match error {
            error if is_database_not_found(&error) => Error::DatabaseNotFound { database: self.database.clone() },
            Error::Milvus { code: NOT_AUTHENTICATED, message, .. } => {
                Error::Authentication { uri: self.uri.clone(), message }
            }
            Error::Milvus { code: NOT_PERMITTED, message, .. } => permission_denied(&self.uri, call, message),
            error => limited(error),
        }
    }

    /// Sends one request with the deadline of a request. An error is one of the transport: whether the server did
    /// what was asked is then unknown.
    pub(crate) async fn send<Q, A, F>(
        &self,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> std::result::Result<A, Status>
    where
        Q: Send,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        let mut request = Request::new(request);
        request.set_timeout(self.request_timeout);
        send(self.client(), request).await.map(tonic::Response::into_inner)
    }

    pub(crate) fn transport_error(&self, name: &str, status: &Status) -> Error {
        let message = status.message().to_owned();
        match status.code() {
            _ if is_not_http_2(status) => self.not_milvus("its response is not HTTP/2".to_owned()),
            Code::Unavailable => self.unreachable(status),
            _ if is_without_grpc_status(&message) => self.not_milvus(message),
            Code::Unauthenticated => Error::Authentication { uri: self.uri.clone(), message },
            Code::PermissionDenied => permission_denied(&self.uri, name, message),
            Code::Unimplemented => Error::Unsupported { what: format!("{name} on this server ({message})") },
            // A connection that broke in the middle of an answer; a status of the server has no source.
            Code::Unknown | Code::Internal if std::error::Error::source(status).is_some() => self.unreachable(status),
            code => refused(
                name,
                code as i32,
                message,
                matches!(code, Code::Aborted | Code::Cancelled | Code::DeadlineExceeded),
            ),
        }
    }

    fn not_milvus(&self, reason: String) -> Error {
        Error::NotMilvus { uri: self.uri.clone(), source: reason.into() }
    }

    fn unreachable(&self, status: &Status) -> Error {
        self.lost.store(true, Ordering::Relaxed);
        Error::Unreachable { uri: self.uri.clone(), source: Box::new(TransportFailure(status.clone())) }
    }
}

/// The failure of a connection that could not be made.
fn not_connected(uri: &str, source: tonic::transport::Error) -> Error {
    Error::Unreachable { uri: uri.to_owned(), source: Box::new(source) }
}

/// A status of the transport in one human-readable line; its own form lists all its headers.
#[derive(Debug)]
struct TransportFailure(Status);

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.message() {
            "" => f.write_str(self.0.code().description()),
            message => f.write_str(message),
        }
    }
}

impl std::error::Error for TransportFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
