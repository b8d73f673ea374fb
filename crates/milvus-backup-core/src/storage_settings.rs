//! The table `[storage]` of the configuration: how an object store is reached.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Settings of the object store at the root. They have no effect on a directory.
///
/// `Debug` omits the values that may be secrets.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// Address of the service, if it is not the public one of the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Region of an S3 bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Whether the bucket is in the path of an S3 URL, rather than in its host name. This is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_style: Option<bool>,
    /// Storage class, or access tier, of the data files. Documents have the default one of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// Server-side encryption of S3: `AES256`, `aws:kms`, `aws:kms:dsse` or `sse-c`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_side_encryption: Option<String>,
    /// Identifier of the key of `aws:kms` and `aws:kms:dsse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// PEM file with certificates that are trusted in addition to those of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// URL of an HTTP proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Whether an endpoint without TLS may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_http: Option<bool>,
    /// Further options of the client, by the keys of the crate `object_store`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl fmt::Debug for StorageSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy may be given with a password, and any option may be a secret.
        f.debug_struct("StorageSettings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .field("storage_class", &self.storage_class)
            .field("server_side_encryption", &self.server_side_encryption)
            .field("ca_file", &self.ca_file)
            .field("allow_http", &self.allow_http)
            .field("options", &self.options.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_may_be_secrets_are_not_in_the_debug_output() {
        let settings: StorageSettings = toml::from_str(
            "proxy = 'http://user:hidden@proxy'\nkms_key_id = 'hidden'\noptions = { secret_access_key = 'hidden' }",
        )
        .unwrap();
        let debug = format!("{settings:?}");
        assert!(debug.contains("secret_access_key") && !debug.contains("hidden"), "{debug}");
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(toml::from_str::<StorageSettings>("endpoints = 'https://s3.example'").is_err());
    }
}
