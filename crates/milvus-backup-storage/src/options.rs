//! [`StoreOptions`]: how the client of an object store is configured.
//!
//! Must always hold: no value is part of the debug output or of an error, since any of them may be a secret.

use std::fmt;
use std::str::FromStr;

use milvus_backup_core::{Error, Result, RetryPolicy, StorageSettings};

use crate::location::Service;

/// The options of the client of an object store: those of the environment, which are shared with other programs, and the
/// settings of this one, which take precedence. A directory has none.
#[derive(Clone, Default)]
pub struct StoreOptions {
    environment: Vec<(String, String)>,
    settings: StorageSettings,
    retry: RetryPolicy,
    unsafe_allowed: bool,
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.environment.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("StoreOptions")
            .field("environment", &names)
            .field("settings", &self.settings)
            .field("retry", &self.retry)
            .field("unsafe_allowed", &self.unsafe_allowed)
            .finish()
    }
}

impl StoreOptions {
    /// Creates the options from the settings of the configuration.
    pub fn new(settings: StorageSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Adds variables in the convention of the provider, such as `AWS_REGION`. Those that its client does not know are
    /// ignored.
    #[must_use]
    pub fn with_environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// Sets the budget of retries of a request: as long as the delays of this policy take in total.
    #[must_use]
    pub fn with_retries(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// Allows a repository to be started on a store that does not keep the promises on which commits and locks rely.
    #[must_use]
    pub fn with_unsafe_allowed(self, unsafe_allowed: bool) -> Self {
        Self { unsafe_allowed, ..self }
    }

    pub(crate) fn allows_unsafe(&self) -> bool {
        self.unsafe_allowed
    }

    pub(crate) fn settings(&self) -> &StorageSettings {
        &self.settings
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        self.retry
    }

    /// Passes every option to a builder of a client.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a setting that the service does not have.
    pub(crate) fn apply<B, K: FromStr>(
        &self,
        service: Service,
        mut builder: B,
        set: impl Fn(B, K, String) -> B,
    ) -> Result<B> {
        for (name, value) in &self.environment {
            let name = name.to_ascii_lowercase();
            if name.starts_with(service.option_prefix())
                && let Ok(key) = name.parse()
            {
                builder = set(builder, key, value.clone());
            }
        }
        for (key, value) in self.named(service)? {
            builder = match key.parse() {
                Ok(key) => set(builder, key, value),
                Err(_) => return Err(unknown(key)),
            };
        }
        for (key, value) in &self.settings.options {
            builder = match key.to_ascii_lowercase().parse() {
                Ok(key) => set(builder, key, value.clone()),
                Err(_) => return Err(unknown(key)),
            };
        }
        Ok(builder)
    }

    /// Returns the settings with their own names, under the keys of the client.
    fn named(&self, service: Service) -> Result<Vec<(&'static str, String)>> {
        let settings = &self.settings;
        let endpoint = if service == Service::Gcs { "google_base_url" } else { "endpoint" };
        let mut pairs = vec![
            (endpoint, settings.endpoint.clone()),
            ("proxy_url", settings.proxy.clone()),
            ("allow_http", settings.allow_http.map(|allow| allow.to_string())),
        ];
        if service == Service::S3 {
            pairs.extend([
                ("region", settings.region.clone()),
                ("virtual_hosted_style_request", settings.path_style.map(|path| (!path).to_string())),
                ("server_side_encryption", settings.server_side_encryption.clone()),
                ("sse_kms_key_id", settings.kms_key_id.clone()),
            ]);
        } else if settings.server_side_encryption.is_some() || settings.kms_key_id.is_some() {
            // Ignored, it would leave data unencrypted that is believed to be encrypted.
            return Err(unknown("server_side_encryption"));
        }
        Ok(pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }
}

fn unknown(key: &str) -> Error {
    Error::InvalidParameter {
        field: "storage".to_owned(),
        value: key.to_owned(),
        limit: "an option of the object store at the root".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
    use object_store::azure::MicrosoftAzureBuilder;

    use super::*;

    fn settings(text: &str) -> StoreOptions {
        let mut options = std::collections::BTreeMap::new();
        for pair in text.split_whitespace() {
            let (key, value) = pair.split_once('=').unwrap();
            options.insert(key.to_owned(), value.to_owned());
        }
        StoreOptions::new(StorageSettings { options, ..StorageSettings::default() })
    }

    fn s3(options: &StoreOptions) -> Result<AmazonS3Builder> {
        options.apply(Service::S3, AmazonS3Builder::new(), AmazonS3Builder::with_config)
    }

    #[test]
    fn settings_take_precedence_over_the_environment_and_unknown_variables_are_ignored() {
        let environment = [("AWS_REGION", "from-environment"), ("AWS_PROFILE", "x"), ("AZURE_CLIENT_ID", "x")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = settings("aws_bucket=b").with_environment(environment.clone());
        let region = |options: &StoreOptions| s3(options).unwrap().get_config_value(&AmazonS3ConfigKey::Region);
        assert_eq!(region(&options).as_deref(), Some("from-environment"));
        let options = settings("REGION=from-options").with_environment(environment.clone());
        assert_eq!(region(&options).as_deref(), Some("from-options"));
        let named = StorageSettings { region: Some("named".to_owned()), ..StorageSettings::default() };
        let options = StoreOptions::new(named).with_environment(environment);
        assert_eq!(region(&options).as_deref(), Some("named"));
    }

    #[test]
    fn unknown_options_are_refused_without_their_values() {
        let error = s3(&settings("secret_accesskey=hidden")).unwrap_err().to_string();
        assert!(error.contains("secret_accesskey") && !error.contains("hidden"), "{error}");
    }

    #[test]
    fn encryption_is_refused_where_it_would_have_no_effect() {
        let encrypted =
            StorageSettings { server_side_encryption: Some("aws:kms".to_owned()), ..StorageSettings::default() };
        let options = StoreOptions::new(encrypted);
        assert!(s3(&options).is_ok());
        let azure = options.apply(Service::Azure, MicrosoftAzureBuilder::new(), MicrosoftAzureBuilder::with_config);
        assert!(azure.is_err());
    }

    #[test]
    fn values_are_not_in_the_debug_output() {
        let options = settings("secret_access_key=hidden")
            .with_environment([("AWS_SECRET_ACCESS_KEY".to_owned(), "hidden".to_owned())]);
        let debug = format!("{options:?}");
        assert!(debug.contains("AWS_SECRET_ACCESS_KEY") && !debug.contains("hidden"), "{debug}");
    }
}
