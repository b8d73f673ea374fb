//! The environment variables that the child process may receive.

use std::ffi::OsString;

/// Variables that a program needs in order to run, to use the network and to find certificates.
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

/// Prefixes of locales, and of the roles of a machine, which the libraries in the tool read directly.
const KEPT_PREFIXES: &[&str] = &["LC_", "AWS_"];

/// Static credentials, which are in the configuration of the tool.
const SECRETS: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Returns the part of `variables` that the tool may receive.
///
/// All others are removed. In versions of the tool up to 0.5, `MILVUS_PORT` and similar variables override the
/// configuration file, and Kubernetes sets `MILVUS_PORT=tcp://...` in every pod beside a service called `milvus`.
pub fn child_environment(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    variables.into_iter().filter(|(name, _)| name.to_str().is_some_and(is_kept)).collect()
}

fn is_kept(name: &str) -> bool {
    let is_of_role = KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !SECRETS.contains(&name);
    KEPT.contains(&name) || is_of_role
}
