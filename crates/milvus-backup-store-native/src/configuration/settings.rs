//! [`ToolSettings`]: what the tool is told about Milvus and about both storages.

use std::fmt;
use std::path::PathBuf;

use milvus_backup_core::{Error, Result};
use milvus_backup_storage::Place;

/// The server, its storage, and the storage of the backups, as the tool is to reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolSettings {
    /// The server that the tool connects to.
    pub server: MilvusServer,
    /// The storage in which Milvus keeps its own data.
    pub milvus_storage: Place,
    /// The storage at the root of the repository.
    pub backup_storage: Place,
}

/// The address of Milvus, and the credentials for it. Its `Debug` form contains no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct MilvusServer {
    /// Host name or address.
    pub host: String,
    /// Number of the port of gRPC.
    pub port: u16,
    /// User and password, if the server requires them.
    pub credentials: Option<(String, String)>,
    /// The files and names of TLS; `None` for a connection without it.
    pub tls: Option<ServerTls>,
}

/// The files and names with which the server is recognised, and this client. Without any, the authorities of the system
/// are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerTls {
    /// PEM file of the authority that signed the server's certificate.
    pub ca_certificate: Option<PathBuf>,
    /// The name in the server's certificate, if it differs from the host.
    pub server_name: Option<String>,
    /// PEM files of the certificate and the private key of this client.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
}

impl ServerTls {
    /// Returns the same files by absolute paths: the tool runs in another directory.
    fn absolute(self) -> Result<Self> {
        let absolute = |path: PathBuf| {
            std::path::absolute(&path).map_err(|source| Error::Configuration {
                role: "file of TLS".to_owned(),
                path: path.display().to_string(),
                source: source.into(),
            })
        };
        let pair =
            self.client_certificate.map(|(certificate, key)| Ok::<_, Error>((absolute(certificate)?, absolute(key)?)));
        Ok(Self {
            ca_certificate: self.ca_certificate.map(absolute).transpose()?,
            client_certificate: pair.transpose()?,
            server_name: self.server_name,
        })
    }
}

impl fmt::Debug for MilvusServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MilvusServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("credentials", &self.credentials.as_ref().map(|_| "(hidden)"))
            .field("tls", &self.tls)
            .finish()
    }
}

impl MilvusServer {
    /// Returns the server at an address such as `http://localhost:19530`; `tls` has an effect on `https` only. A token is
    /// `user:password`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an address without a host, and [`Error::Unsupported`] for a token that is an API
    /// key, which the tool does not have.
    pub fn new(uri: &str, token: Option<&str>, tls: ServerTls) -> Result<Self> {
        let invalid = || Error::InvalidParameter {
            field: "uri".to_owned(),
            value: "(hidden)".to_owned(),
            limit: "an address such as http://localhost:19530".to_owned(),
        };
        let url = url::Url::parse(uri).map_err(|_| invalid())?;
        let host = url.host_str().ok_or_else(invalid)?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().ok_or_else(invalid)?;
        let credentials = match token.map(|token| token.split_once(':')) {
            None => None,
            Some(Some((user, password))) => Some((user.to_owned(), password.to_owned())),
            Some(None) => {
                return Err(Error::Unsupported {
                    what: "an API key for milvus-backup, which knows user and password".to_owned(),
                });
            }
        };
        let tls = if url.scheme() == "https" { Some(tls.absolute()?) } else { None };
        Ok(Self { host, port, credentials, tls })
    }

    /// Returns the address as it may be shown.
    pub(crate) fn uri(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let brackets = self.host.contains(':');
        let host = if brackets { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{scheme}://{host}:{}", self.port)
    }
}

impl ToolSettings {
    /// Returns whether the files move between services, rather than inside one.
    pub(crate) fn crosses_storages(&self) -> bool {
        match (&self.milvus_storage, &self.backup_storage) {
            (Place::Directory(_), Place::Directory(_)) => false,
            (Place::Bucket(one), Place::Bucket(other)) => {
                one.endpoint != other.endpoint || one.credentials != other.credentials
            }
            _ => true,
        }
    }

    /// Returns why no backup can be restored between these storages. The server reports such an import as complete, with
    /// no rows.
    pub(crate) fn obstacle_to_restore(&self) -> Option<&'static str> {
        match (&self.milvus_storage, &self.backup_storage) {
            (Place::Directory(_), Place::Directory(_)) | (Place::Bucket(_), _) => None,
            _ => Some(
                "Milvus has its data in a directory and the backup is in an object store; milvus-backup restores only from a \
                 directory that this Milvus sees under the same path",
            ),
        }
    }

    /// Returns every secret, so that it can be removed from texts.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let mut secrets = Vec::new();
        secrets.extend(self.server.credentials.as_ref().map(|(_, password)| password.as_str()));
        for place in [&self.milvus_storage, &self.backup_storage] {
            if let Place::Bucket(bucket) = place
                && let Some(credentials) = &bucket.credentials
            {
                secrets.push(credentials.secret_access_key.as_str());
                secrets.extend(credentials.session_token.as_deref());
            }
        }
        secrets.retain(|secret| !secret.is_empty());
        secrets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_token_are_divided_as_the_tool_has_them() {
        let server = MilvusServer::new("https://[::1]:19530", Some("root:pass:word"), ServerTls::default()).unwrap();
        assert_eq!((server.host.as_str(), server.port), ("::1", 19530));
        assert_eq!(server.credentials, Some(("root".to_owned(), "pass:word".to_owned())));
        assert_eq!(server.uri(), "https://[::1]:19530");
        assert!(!format!("{server:?}").contains("pass:word"));
        let plain = MilvusServer::new("http://milvus", None, ServerTls::default()).unwrap();
        assert_eq!((plain.port, plain.tls), (80, None));
    }

    #[test]
    fn files_of_tls_are_named_by_absolute_paths() {
        let tls = ServerTls { ca_certificate: Some("ca.pem".into()), ..ServerTls::default() };
        let server = MilvusServer::new("https://milvus:19530", None, tls).unwrap();
        let path = server.tls.unwrap().ca_certificate.unwrap();
        assert!(path.is_absolute() && path.ends_with("ca.pem"), "{}", path.display());
    }

    #[test]
    fn an_api_key_is_refused() {
        let refused = MilvusServer::new("http://milvus:19530", Some("secretkey"), ServerTls::default()).unwrap_err();
        assert!(
            matches!(refused, Error::Unsupported { .. }) && !refused.to_string().contains("secretkey"),
            "{refused}"
        );
    }
}
