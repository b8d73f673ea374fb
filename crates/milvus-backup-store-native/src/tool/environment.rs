//! What the child may see of our environment.

use std::ffi::OsString;

/// Variables that a program needs to run, to reach the network and to find certificates.
const KEPT: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Credentials and endpoints of clouds, which the libraries in the tool read on their own.
const KEPT_PREFIXES: &[&str] = &["LC_", "AWS_", "AZURE_", "GOOGLE_", "ALIBABA_CLOUD_", "TENCENTCLOUD_"];

/// The part of `variables` that the tool may see.
///
/// Everything else is left out. In the tool's versions up to 0.5, `MILVUS_PORT` and its like win over the configuration
/// file, and Kubernetes sets `MILVUS_PORT=tcp://...` in every pod beside a service called `milvus`.
pub fn child_environment(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    variables.into_iter().filter(|(name, _)| name.to_str().is_some_and(is_kept)).collect()
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
