//! [`ConnectionOptions`]: how to reach Milvus and who to be there.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use milvus_backup_core::{Environment, RetryPolicy};

use crate::address::without_credentials;
use crate::environment::system_environment;

/// How to reach Milvus and who to be there.
///
/// Its `Debug` form shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// `http://host:port`, or `https://host:port` for TLS.
    pub uri: String,
    /// What stands for the address in messages and records: the path of a database that is served for one command.
    pub shown_as: Option<String>,
    /// `user:password` or an API key.
    pub token: Option<String>,
    /// The database; empty for `default`.
    pub database: String,
    /// PEM file of the authority that signed the server's certificate; the system's authorities otherwise.
    pub ca_certificate: Option<PathBuf>,
    /// PEM files of the certificate and the private key of this client, where the server asks for one.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// The name in the server's certificate, where it differs from the host.
    pub server_name: Option<String>,
    /// Time for the connection to be made, and for the first answer.
    pub connect_timeout: Duration,
    /// Time for one call to be answered.
    pub request_timeout: Duration,
    /// Retries of one call.
    pub retry: RetryPolicy,
    /// Time and randomness: those of the operating system, unless others are given. Its interrupt ends no call.
    pub environment: Environment,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            uri: "http://localhost:19530".to_owned(),
            shown_as: None,
            token: None,
            database: String::new(),
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
    /// The default options for another address.
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
