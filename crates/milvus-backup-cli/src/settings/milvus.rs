//! The table `[milvus]` of the configuration: the server, and how it is reached.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Milvus server of the commands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MilvusSettings {
    /// Address of Milvus, whose path may name a database, or the path of a Milvus Lite database (`*.db`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    /// Database of the collections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<String>,
    /// File that contains the token: `user:password` or an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<PathBuf>,
    /// Files and names of TLS.
    #[serde(skip_serializing_if = "TlsSettings::is_empty")]
    pub(crate) tls: TlsSettings,
}

/// How the connection to Milvus is encrypted. An address with `https` needs none of it if the system trusts the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// PEM file with the certificate of the authority that signed the server's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<PathBuf>,
    /// PEM file with the client certificate, for mutual TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cert: Option<PathBuf>,
    /// PEM file with the private key of the client certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PathBuf>,
    /// Name in the server's certificate, if it differs from the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_name: Option<String>,
}

impl TlsSettings {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
