//! The configuration of a standalone Milvus.

use std::{collections::BTreeMap, path::PathBuf};

use super::tls::Tls;

/// Settings of a [`Standalone`](super::Standalone) beyond the defaults of the release.
#[derive(Debug, Clone, Default)]
pub struct StandaloneOptions {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) token: Option<String>,
    pub(super) tls: Option<Tls>,
}

impl StandaloneOptions {
    /// Returns the defaults of the release: no authorization, no TLS.
    pub fn new() -> Self {
        Self::default()
    }

    /// Overrides a key of `milvus.yaml`: dots become underscores, in upper case (`dataCoord.gc.interval` is
    /// `DATACOORD_GC_INTERVAL`).
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Requires a user and a password of every client; the first user is `root` with the password `Milvus`.
    #[must_use]
    pub fn authorization(mut self) -> Self {
        self.token = Some("root:Milvus".to_owned());
        self.env("COMMON_SECURITY_AUTHORIZATIONENABLED", "true")
    }

    /// Makes the server use TLS for gRPC.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Returns the environment variables for these settings.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let mut all = self.environment.clone();
        if let Some(tls) = &self.tls {
            let mode = if tls.client.is_some() { "2" } else { "1" };
            let path = |path: &PathBuf| path.to_string_lossy().into_owned();
            all.insert("COMMON_SECURITY_TLSMODE".to_owned(), mode.to_owned());
            all.insert("TLS_SERVERPEMPATH".to_owned(), path(&tls.server.certificate));
            all.insert("TLS_SERVERKEYPATH".to_owned(), path(&tls.server.key));
            all.insert("TLS_CAPEMPATH".to_owned(), path(&tls.ca));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Identity;

    fn identity(name: &str) -> Identity {
        Identity { certificate: format!("/{name}.pem").into(), key: format!("/{name}.key").into() }
    }

    #[test]
    fn a_client_identity_makes_tls_mutual() {
        let one_way =
            Tls { ca: "/ca.pem".into(), server: identity("s"), server_name: "localhost".to_owned(), client: None };
        let mutual = Tls { client: Some(identity("c")), ..one_way.clone() };
        assert_eq!(StandaloneOptions::new().tls(one_way).variables()["COMMON_SECURITY_TLSMODE"], "1");
        assert_eq!(StandaloneOptions::new().tls(mutual).variables()["COMMON_SECURITY_TLSMODE"], "2");
    }

    #[test]
    fn settings_become_variables() {
        let all = StandaloneOptions::new().env("A_B", "c").authorization().variables();
        assert_eq!(all["A_B"], "c");
        assert_eq!(all["COMMON_SECURITY_AUTHORIZATIONENABLED"], "true");
    }
}
