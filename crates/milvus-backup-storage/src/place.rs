//! [`Place`]: where a root is, for another program that opens it with its own client.
//!
//! Must always hold: an option that the other program would not observe is refused, and no secret is in the debug output.

use std::fmt;
use std::path::PathBuf;

use milvus_backup_core::{Error, Result};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use url::Url;

use crate::location::{Location, Service, ServiceLocation};
use crate::options::StoreOptions;

/// Region of a bucket, if the options name none.
const DEFAULT_REGION: &str = "us-east-1";

/// Where a root is, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A directory, by its absolute path.
    Directory(PathBuf),
    /// A prefix in a bucket with the protocol of S3.
    Bucket(Bucket),
}

/// A prefix in a bucket with the protocol of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bucket {
    /// The service that has the bucket.
    pub endpoint: Endpoint,
    /// The name of the bucket.
    pub name: String,
    /// The prefix of all objects, without a slash at either end; empty for the whole bucket.
    pub prefix: String,
    /// The static credentials; `None` if the machine has a role.
    pub credentials: Option<BucketCredentials>,
}

/// A service with the protocol of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// Host name or address; one of IPv6 has no brackets.
    pub host: String,
    /// Number of the port.
    pub port: u16,
    /// Whether connections use TLS.
    pub tls: bool,
    /// The region of its buckets.
    pub region: String,
}

/// The static credentials for a bucket. The `Debug` form contains no secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketCredentials {
    /// The identifier of the access key.
    pub access_key_id: String,
    /// The secret part of the access key.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for BucketCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketCredentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Place {
    /// Returns the place of a root, which is given and configured as for [`Storage::open_with`](crate::Storage::open_with).
    ///
    /// # Errors
    /// Those of [`Storage::open_with`](crate::Storage::open_with), and [`Error::Unsupported`] for a service without the
    /// protocol of S3 and for options that only the client of this program observes.
    pub fn of(location: &str, options: &StoreOptions) -> Result<Self> {
        match Location::parse(location)? {
            Location::Directory(directory) => Ok(Self::Directory(directory)),
            Location::Service(service) => bucket(&service, options).map(Self::Bucket),
        }
    }
}

fn bucket(location: &ServiceLocation, options: &StoreOptions) -> Result<Bucket> {
    let url = &location.url;
    match location.service {
        Service::S3 if matches!(url.scheme(), "s3" | "s3a") => {}
        Service::S3 => return Err(unsupported("the address of a bucket in another form than `s3://BUCKET/PREFIX`")),
        Service::Azure => return Err(unsupported("Azure")),
        Service::Gcs => return Err(unsupported("Google Cloud Storage")),
    }
    let builder = options.apply(Service::S3, AmazonS3Builder::new(), AmazonS3Builder::with_config)?;
    let value = |key: AmazonS3ConfigKey| builder.get_config_value(&key).filter(|value| !value.is_empty());
    require_observed(options, &builder)?;
    let region = value(AmazonS3ConfigKey::Region).unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let address = value(AmazonS3ConfigKey::S3Endpoint).or_else(|| value(AmazonS3ConfigKey::Endpoint));
    let credentials = match (value(AmazonS3ConfigKey::AccessKeyId), value(AmazonS3ConfigKey::SecretAccessKey)) {
        (Some(access_key_id), Some(secret_access_key)) => {
            Some(BucketCredentials { access_key_id, secret_access_key, session_token: value(AmazonS3ConfigKey::Token) })
        }
        _ => None,
    };
    Ok(Bucket {
        endpoint: endpoint(address, region)?,
        name: url.host_str().unwrap_or_default().to_owned(),
        prefix: location.prefix.as_ref().to_owned(),
        credentials,
    })
}

/// Refuses options whose loss would change where or how objects are stored, or whom the client trusts.
fn require_observed(options: &StoreOptions, builder: &AmazonS3Builder) -> Result<()> {
    let value = |key: AmazonS3ConfigKey| builder.get_config_value(&key);
    let is_on = |key| value(key).is_some_and(|value| value == "true");
    let settings = options.settings();
    let encryption = "aws_server_side_encryption".parse().ok().and_then(value);
    let virtual_host =
        is_on(AmazonS3ConfigKey::VirtualHostedStyleRequest) && value(AmazonS3ConfigKey::Endpoint).is_some();
    let lost = [
        ("server_side_encryption", encryption.is_some()),
        ("storage_class", settings.storage_class.is_some()),
        ("ca_file", settings.ca_file.is_some()),
        ("proxy", settings.proxy.is_some()),
        ("skip_signature", is_on(AmazonS3ConfigKey::SkipSignature)),
        ("path_style = false", virtual_host),
    ];
    match lost.iter().find(|(_, is_set)| *is_set) {
        Some((option, _)) => Err(unsupported(&format!("the option `{option}` of an object store"))),
        None => Ok(()),
    }
}

fn endpoint(address: Option<String>, region: String) -> Result<Endpoint> {
    let Some(address) = address else {
        return Ok(Endpoint { host: format!("s3.{region}.amazonaws.com"), port: 443, tls: true, region });
    };
    // An address may contain credentials.
    let invalid = || Error::InvalidParameter {
        field: "endpoint".to_owned(),
        value: "(hidden)".to_owned(),
        limit: "an address such as `https://s3.example:9000`, without a path".to_owned(),
    };
    let url = Url::parse(&address).map_err(|_| invalid())?;
    let plain = url.username().is_empty() && url.password().is_none() && matches!(url.path(), "" | "/");
    match (url.scheme(), url.host_str(), url.port_or_known_default()) {
        (scheme @ ("http" | "https"), Some(host), Some(port)) if plain => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            Ok(Endpoint { host: host.to_owned(), port, tls: scheme == "https", region })
        }
        _ => Err(invalid()),
    }
}

fn unsupported(what: &str) -> Error {
    Error::Unsupported {
        what: format!(
            "{what} for files that another program writes: it reads directories and buckets with S3's protocol"
        ),
    }
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::StorageSettings;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> StoreOptions {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        StoreOptions::default().with_environment(pairs.collect::<Vec<_>>())
    }

    #[test]
    fn a_directory_is_a_path_without_options() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::of(root.path().to_str().unwrap(), &StoreOptions::default()).unwrap();
        assert_eq!(place, Place::Directory(root.path().to_owned()));
    }

    #[test]
    fn a_bucket_has_its_service_and_its_credentials() {
        let options = variables(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:8333"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
            ("AWS_SESSION_TOKEN", "hidden"),
        ]);
        let Place::Bucket(bucket) = Place::of("s3://backups/a/b/", &options).unwrap() else { panic!() };
        assert_eq!(
            (bucket.endpoint.host.as_str(), bucket.endpoint.port, bucket.endpoint.tls),
            ("127.0.0.1", 8333, false)
        );
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("backups", "a/b"));
        let credentials = bucket.credentials.as_ref().unwrap();
        assert_eq!((credentials.access_key_id.as_str(), credentials.session_token.as_deref()), ("key", Some("hidden")));
        let debug = format!("{bucket:?}");
        assert!(debug.contains("backups") && !debug.contains("hidden"), "{debug}");
    }

    #[test]
    fn without_an_endpoint_the_bucket_is_at_the_public_one_of_its_region() {
        let Place::Bucket(bucket) = Place::of("s3://backups", &variables(&[("AWS_REGION", "eu-west-1")])).unwrap()
        else {
            panic!()
        };
        assert_eq!(bucket.endpoint.host, "s3.eu-west-1.amazonaws.com");
        assert!(bucket.endpoint.tls && bucket.credentials.is_none());
    }

    #[test]
    fn what_another_program_would_not_observe_is_refused_by_name() {
        for location in ["az://container/a", "gs://bucket/a", "https://s3.eu-west-1.amazonaws.com/bucket/a"] {
            assert!(
                matches!(Place::of(location, &StoreOptions::default()), Err(Error::Unsupported { .. })),
                "{location}"
            );
        }
        let settings = [
            StorageSettings { server_side_encryption: Some("AES256".to_owned()), ..StorageSettings::default() },
            StorageSettings { ca_file: Some("/etc/ca.pem".to_owned()), ..StorageSettings::default() },
            StorageSettings { proxy: Some("http://proxy".to_owned()), ..StorageSettings::default() },
        ];
        for settings in settings {
            let refused = Place::of("s3://bucket/a", &StoreOptions::new(settings));
            assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
        }
        let refused =
            Place::of("s3://bucket", &variables(&[("AWS_ENDPOINT_URL", "http://user:hunter2@host")])).unwrap_err();
        assert!(!refused.full_message().contains("hunter2"), "{refused}");
    }
}
