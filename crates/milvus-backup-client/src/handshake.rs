//! The start of a connection: the channel, the credentials, and the identity of the server.

use milvus::proto::common::ClientInfo;
use milvus::proto::milvus as pb;
use milvus_backup_core::{Error, Result};

use crate::address::without_credentials;
use crate::call::call;
use crate::connection::MilvusConnection;
use crate::options::ConnectionOptions;
use crate::refusal::RefusalKind;
use crate::transport::{Credentials, endpoint};
use crate::versions::{LITE_2_VERSION, Server};

impl MilvusConnection {
    /// Connects to the server, and requests its identity.
    ///
    /// # Errors
    /// [`Error::Unreachable`] within [`ConnectionOptions::connect_timeout`], [`Error::Authentication`],
    /// [`Error::DatabaseNotFound`] unless [`ConnectionOptions::allow_missing_database`], and [`Error::InvalidParameter`]
    /// for an address that cannot be parsed, or a database name that the server does not accept.
    pub async fn connect(options: ConnectionOptions) -> Result<Self> {
        let uri = options.shown_as.clone().unwrap_or_else(|| without_credentials(&options.uri));
        let (environment, limit) = (options.environment.clone(), options.connect_timeout);
        let connected = environment.within(limit, Box::pin(Self::handshake(options))).await;
        connected
            .unwrap_or_else(|| Err(Error::Unreachable { uri, source: format!("no answer within {limit:?}").into() }))
    }

    async fn handshake(options: ConnectionOptions) -> Result<Self> {
        let endpoint = endpoint(&options)?;
        let uri = options.shown_as.clone().unwrap_or_else(|| options.uri.clone());
        let channel = endpoint.connect().await.map_err(|source| not_connected(&uri, source))?;
        let allow_missing_database = options.allow_missing_database;
        let connection = Self::over(channel, Credentials::new(&options)?, uri, options);
        match connection.ping().await {
            Err(Error::DatabaseNotFound { .. }) if allow_missing_database => {}
            answer => answer?,
        }
        connection.server().await?.require_accepted_name("database", connection.database())?;
        Ok(connection)
    }

    /// Introduces this client to the server, which also checks the credentials.
    ///
    /// # Errors
    /// Those of [`milvus_backup_core::Catalog`].
    pub async fn ping(&self) -> Result<()> {
        let info = ClientInfo {
            sdk_type: "milvus-br".to_owned(),
            sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ClientInfo::default()
        };
        let request = pb::ConnectRequest { base: None, client_info: Some(info) };
        match call!(self, "Connect", connect, request) {
            Err(failure) if failure.is(RefusalKind::Unsupported) => Ok(()),
            answer => Ok(answer.map(drop)?),
        }
    }

    /// Returns the version string of the server, which is requested once per connection.
    ///
    /// # Errors
    /// Those of [`milvus_backup_core::Catalog`].
    pub async fn version(&self) -> Result<String> {
        if let Some(version) = self.known_version() {
            return Ok(version.to_owned());
        }
        let version = match call!(self, "GetVersion", get_version, pb::GetVersionRequest {}) {
            Ok(answer) => answer.version,
            Err(failure) if failure.is(RefusalKind::Unsupported) => LITE_2_VERSION.to_owned(),
            Err(failure) => return Err(failure.into()),
        };
        Ok(self.keep_version(version).to_owned())
    }

    /// Returns the kind of the server, which determines its capabilities.
    pub(crate) async fn server(&self) -> Result<Server> {
        Ok(Server::from_version(&self.version().await?))
    }
}

/// Returns the error of a connection that could not be made.
fn not_connected(uri: &str, source: tonic::transport::Error) -> Error {
    Error::Unreachable { uri: uri.to_owned(), source: Box::new(source) }
}
