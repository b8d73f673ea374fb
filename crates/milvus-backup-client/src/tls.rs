//! TLS: the trusted authorities, and the certificate of this client.

use std::path::Path;

use milvus_backup_core::{Error, Result, Source};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::options::ConnectionOptions;

const CERTIFICATE: &str = "CERTIFICATE-----";
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Adds TLS to a channel.
///
/// # Errors
/// [`Error::Configuration`] for a file that cannot be read, or lacks the expected content.
pub(crate) fn with_tls(endpoint: Endpoint, options: &ConnectionOptions) -> Result<Endpoint> {
    let mut tls = match &options.ca_certificate {
        Some(path) => {
            ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem(path, "CA certificate", CERTIFICATE)?))
        }
        None => ClientTlsConfig::new().with_native_roots(),
    };
    if let Some((certificate, key)) = &options.client_certificate {
        let certificate = pem(certificate, "client certificate", CERTIFICATE)?;
        tls = tls.identity(Identity::from_pem(certificate, pem(key, "client key", PRIVATE_KEY)?));
    }
    if let Some(name) = &options.server_name {
        tls = tls.domain_name(name);
    }
    endpoint.tls_config(tls).map_err(|source| match (&options.client_certificate, &options.ca_certificate) {
        (Some((certificate, _)), _) => unusable("client certificate", certificate, source.into()),
        (None, Some(certificate)) => unusable("CA certificate", certificate, source.into()),
        (None, None) => Error::InvalidParameter {
            field: "uri".to_owned(),
            value: options.uri.clone(),
            limit: format!("usable with TLS ({source})"),
        },
    })
}

/// Reads a PEM file that must contain a section of this kind: without one, the file would be silently ignored.
fn pem(path: &Path, role: &str, section: &str) -> Result<Vec<u8>> {
    let text = std::fs::read(path).map_err(|source| unusable(role, path, source.into()))?;
    if String::from_utf8_lossy(&text).contains(section) {
        Ok(text)
    } else {
        Err(unusable(role, path, format!("it has no PEM section `{}`", section.trim_end_matches('-')).into()))
    }
}

fn unusable(role: &str, path: &Path, source: Source) -> Error {
    Error::Configuration { role: role.to_owned(), path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::ErrorKind;

    use super::*;

    fn refused(options: &ConnectionOptions) -> Error {
        let error = with_tls(Endpoint::from_static("https://localhost:19530"), options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidParameter, "{error}");
        error
    }

    #[test]
    fn a_file_without_a_certificate_is_named() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (missing, text, directory) = (here.join("no.pem"), here.join("Cargo.toml"), here.to_path_buf());
        for path in [missing, text, directory] {
            let ca = ConnectionOptions {
                ca_certificate: Some(path.clone()),
                ..ConnectionOptions::new("https://localhost:19530")
            };
            let error = refused(&ca);
            assert!(error.to_string().contains("CA certificate"), "{error}");
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
            let client = ConnectionOptions {
                client_certificate: Some((path.clone(), path)),
                ..ConnectionOptions::new("https://localhost:19530")
            };
            assert!(refused(&client).to_string().contains("client certificate"));
        }
    }
}
