//! Opens an object store with the builders of `object_store`. No request is made.

use std::sync::Arc;
use std::time::Duration;

use milvus_backup_core::{Error, Result};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::multipart::MultipartStore;
use object_store::prefix::PrefixStore;
use object_store::{Attribute, Attributes, Certificate, ClientOptions, ObjectStore};

use super::client::Connector;
use super::gcs_address::address;
use super::objects::Objects;
use super::signed::{GcsBucket, SignedListing};
use super::uploads::{ListedUploads, OpenUploads};
use super::{request_retries, tls};
use crate::location::{Service, ServiceLocation};
use crate::options::StoreOptions;
use crate::transfer_rules::TransferRules;

/// Time limit of a request, including its body. Several parts of 8 MiB share the link.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Time limit of a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A store that has been opened.
pub(crate) struct Remote {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) medium: Objects,
    pub(crate) rules: TransferRules,
}

/// A client, and the uploads that it can list.
type Opened = (Arc<dyn ObjectStore>, Option<Arc<dyn OpenUploads>>);

/// Opens the store of a location.
///
/// # Errors
/// [`Error::InvalidParameter`] for an unknown option; [`Error::Storage`] for options that contradict each other;
/// [`Error::Configuration`] for a file of certificates that cannot be read.
pub(crate) fn open(location: &ServiceLocation, options: &StoreOptions) -> Result<Remote> {
    tls::install_provider();
    let connector = Connector::default();
    let opening = Opening { location, options, client: client_options(options)?, connector: connector.clone() };
    let (store, uploads) = match location.service {
        Service::S3 => opening.s3(),
        Service::Azure => opening.azure(),
        Service::Gcs => opening.gcs(),
    }?;
    let store: Arc<dyn ObjectStore> = if location.prefix.as_ref().is_empty() {
        store
    } else {
        Arc::new(PrefixStore::new(store, location.prefix.clone()))
    };
    let rules = TransferRules::remote(attributes(options), options.allows_unsafe());
    Ok(Remote { store, medium: Objects::remote(uploads, connector.time()), rules })
}

struct Opening<'a> {
    location: &'a ServiceLocation,
    options: &'a StoreOptions,
    client: ClientOptions,
    connector: Connector,
}

impl Opening<'_> {
    fn s3(self) -> Result<Opened> {
        let builder =
            AmazonS3Builder::new().with_url(self.location.url.as_str()).with_client_options(self.client.clone());
        let mut builder = self.options.apply(Service::S3, builder, AmazonS3Builder::with_config)?;
        let is_set = |key| builder.get_config_value(&key).is_some();
        // Other services may not know it. Its value is part of the signature, so it costs nothing.
        if ![AmazonS3ConfigKey::Endpoint, AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Checksum]
            .into_iter()
            .any(is_set)
        {
            builder = builder.with_checksum_algorithm(Checksum::SHA256);
        }
        let signed = is_signed(builder.get_config_value(&AmazonS3ConfigKey::SkipSignature));
        let retries = request_retries::retries(self.options.retry());
        let store = builder.with_retry(retries).with_http_connector(self.connector.clone()).build();
        let store = store.map_err(|source| self.invalid(&source))?;
        let uploads = if signed { self.uploads(store.clone(), store.clone()) } else { None };
        Ok((Arc::new(store), uploads))
    }

    fn azure(self) -> Result<Opened> {
        let builder =
            MicrosoftAzureBuilder::new().with_url(self.location.url.as_str()).with_client_options(self.client.clone());
        let builder = self.options.apply(Service::Azure, builder, MicrosoftAzureBuilder::with_config)?;
        let retries = request_retries::retries(self.options.retry());
        let store = builder.with_retry(retries).with_http_connector(self.connector.clone()).build();
        Ok((Arc::new(store.map_err(|source| self.invalid(&source))?), None))
    }

    fn gcs(self) -> Result<Opened> {
        let builder = GoogleCloudStorageBuilder::new()
            .with_url(self.location.url.as_str())
            .with_client_options(self.client.clone());
        let builder = self.options.apply(Service::Gcs, builder, GoogleCloudStorageBuilder::with_config)?;
        let (base, signed) = (address(&builder), is_signed(builder.get_config_value(&GoogleConfigKey::SkipSignature)));
        let retries = request_retries::retries(self.options.retry());
        let store = builder.with_retry(retries).with_http_connector(self.connector.clone()).build();
        let store = store.map_err(|source| self.invalid(&source))?;
        let bucket = self.location.url.host_str().unwrap_or_default();
        let url = url::Url::parse(&format!("{}/{bucket}/", base.trim_end_matches('/'))).ok().filter(|_| signed);
        let uploads = url.and_then(|url| self.uploads(GcsBucket { store: store.clone(), url }, store.clone()));
        Ok((Arc::new(store), uploads))
    }

    fn uploads(
        &self,
        bucket: impl SignedListing + 'static,
        store: impl MultipartStore,
    ) -> Option<Arc<dyn OpenUploads>> {
        let client = self.connector.client()?;
        let (bucket, store) = (Box::new(bucket), Box::new(store));
        Some(Arc::new(ListedUploads { bucket, store, client, root: self.location.prefix.clone() }))
    }

    /// Returns the error for options that contradict each other, with the innermost cause, which names them.
    fn invalid(&self, source: &object_store::Error) -> Error {
        let mut cause: &dyn std::error::Error = source;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        Error::Storage {
            action: "open".to_owned(),
            path: self.location.url.to_string(),
            permission: false,
            retryable: false,
            source: cause.to_string().into(),
        }
    }
}

/// Returns whether requests are signed, by the option that switches it off. Without credentials, uploads cannot be listed.
fn is_signed(skips_signature: Option<String>) -> bool {
    skips_signature.is_none_or(|skips| skips.eq_ignore_ascii_case("false") || skips == "0")
}

fn client_options(options: &StoreOptions) -> Result<ClientOptions> {
    let client = ClientOptions::new().with_timeout(TIMEOUT).with_connect_timeout(CONNECT_TIMEOUT);
    let Some(path) = &options.settings().ca_file else { return Ok(client) };
    let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Configuration {
        role: "file of trusted certificates".to_owned(),
        path: path.clone(),
        source,
    };
    let pem = std::fs::read(path).map_err(|source| unreadable(source.into()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|source| unreadable(source.into()))?;
    if certificates.is_empty() {
        return Err(unreadable("there is no certificate in it".into()));
    }
    Ok(certificates.into_iter().fold(client, ClientOptions::with_root_certificate))
}

/// Returns the attributes of data files.
fn attributes(options: &StoreOptions) -> Attributes {
    let class = options.settings().storage_class.clone();
    class.into_iter().map(|class| (Attribute::StorageClass, class)).collect()
}
