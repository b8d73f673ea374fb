//! [`ConnectionOptions`]: the address of Milvus, and the credentials for it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use milvus_backup_core::{Environment, RetryPolicy};

use crate::address::without_credentials;
use crate::environment::system_environment;

/// The address of Milvus, the credentials for it, and the limits of calls.
///
/// Its `Debug` form contains no secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// The address: `http://host:port`, or `https://host:port` for TLS.
    pub uri: String,
    /// The text that replaces the address in messages and records: the path of a database that is served for one
    /// command.
    pub shown_as: Option<String>,
    /// The credentials: `user:password` or an API key.
    pub token: Option<String>,
    /// The name of the database; empty for `default`.
    pub database: String,
    /// Whether to connect to a database that does not exist, so that it can be created. Until then, calls fail with
    /// [`DatabaseNotFound`](milvus_backup_core::Error::DatabaseNotFound).
    pub allow_missing_database: bool,
    /// PEM file of the authority that signed the server's certificate; `None` selects the authorities of the system.
    pub ca_certificate: Option<PathBuf>,
    /// PEM files of the certificate and the private key of this client, if the server requires one.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// The name in the server's certificate, if it differs from the host.
    pub server_name: Option<String>,
    /// Time limit for making the connection, and for the first response.
    pub connect_timeout: Duration,
    /// Time limit for the response to one call.
    pub request_timeout: Duration,
    /// The retry policy of a single call.
    pub retry: RetryPolicy,
    /// Time and randomness; those of the operating system by default. Its interrupt does not end calls.
    pub environment: Environment,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            uri: "http://localhost:19530".to_owned(),
            shown_as: None,
            token: None,
            database: String::new(),
            allow_missing_database: false,
            ca_certificate: None,
            client_certificate: None,
            server_name: None,
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_mins(1),
            retry: RetryPolicy::default(),
            environment: system_environment(),
        }
    }
}

impl ConnectionOptions {
    /// Returns the default options for an address.
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), ..Self::default() }
    }
}

impl fmt::Debug for ConnectionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionOptions")
            .field("uri", &without_credentials(&self.uri))
            .field("token", &self.token.as_ref().map(|_| "(hidden)"))
            .field("database", &self.database)
            .field("connect_timeout", &self.connect_timeout)
            .field("request_timeout", &self.request_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let options = ConnectionOptions {
            token: Some("root:Milvus".into()),
            ..ConnectionOptions::new("http://root:Milvus@localhost:19530")
        };
        let text = format!("{options:?}");
        assert!(!text.contains("Milvus@") && !text.contains("root:"), "{text}");
    }
}
