//! Certificates for a server that uses TLS, and for its clients.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{command, error::Error, python::Environment};

const MAKE: &str = include_str!("../../scripts/make_certificates.py");
const LIMIT: Duration = Duration::from_mins(1);

/// A certificate and its private key, both PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The path of the certificate.
    pub certificate: PathBuf,
    /// The path of the private key.
    pub key: PathBuf,
}

/// The files that a server and its clients need for TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The authority that signed both certificates, a PEM file.
    pub ca: PathBuf,
    /// The certificate and key of the server.
    pub server: Identity,
    /// The name in the server's certificate.
    pub server_name: String,
    /// The certificate and key of a client. If it is set, the server requires a certificate of every client (mutual
    /// TLS).
    pub client: Option<Identity>,
}

impl Tls {
    /// Creates an authority and a certificate for `localhost` and 127.0.0.1 in the existing directory `dir`.
    pub fn one_way(dir: impl AsRef<Path>) -> Result<Self, Error> {
        let dir = std::path::absolute(dir.as_ref())
            .map_err(|source| Error::Io { action: format!("resolve {}", dir.as_ref().display()), source })?;
        let mut python = Command::new(Environment::milvus_235().install()?.python());
        python.args(["-c", MAKE]).arg(&dir);
        command::run(python, b"", LIMIT)?;
        Ok(Self {
            ca: dir.join("ca.pem"),
            server: identity(&dir, "server"),
            server_name: "localhost".to_owned(),
            client: None,
        })
    }

    /// Creates the files like [`Self::one_way`], and a certificate for clients, which the server then requires.
    pub fn mutual(dir: impl AsRef<Path>) -> Result<Self, Error> {
        let one_way = Self::one_way(dir.as_ref())?;
        let client = one_way.ca.parent().map(|dir| identity(dir, "client"));
        Ok(Self { client, ..one_way })
    }
}

fn identity(dir: &Path, name: &str) -> Identity {
    Identity { certificate: dir.join(format!("{name}.pem")), key: dir.join(format!("{name}.key")) }
}
