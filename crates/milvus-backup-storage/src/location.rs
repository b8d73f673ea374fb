//! The location of a root: a directory, or the URL of a bucket or container with a prefix.
//!
//! Must always hold: a location with credentials in it is refused before it can be shown.

use std::path::{Component, Path as FilePath, PathBuf};

use milvus_backup_core::{Error, Result};
use object_store::ObjectStoreScheme;
use object_store::path::Path;
use url::Url;

use crate::error::{of_disk, storage};

/// The parsed location of a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// A directory, by its absolute path.
    Directory(PathBuf),
    /// A prefix in a bucket or container.
    Service(ServiceLocation),
}

/// A bucket or container of an object store, and the prefix below which the root lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceLocation {
    pub(crate) service: Service,
    pub(crate) url: Url,
    pub(crate) prefix: Path,
}

/// The protocols of object stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    S3,
    Azure,
    Gcs,
}

impl Service {
    /// Returns the prefix of the environment variables, and of the full names of options, in lower case.
    pub(crate) const fn option_prefix(self) -> &'static str {
        match self {
            Self::S3 => "aws_",
            Self::Azure => "azure_",
            Self::Gcs => "google_",
        }
    }
}

/// Schemes of URLs in which the part before `@` is the name of a container.
const WITH_CONTAINER: &[&str] = &["az", "abfs", "abfss"];

impl Location {
    /// Parses a path, a `file://` URL, or the URL of an object store.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an empty location, for a URL of another scheme, and for one with credentials.
    pub(crate) fn parse(location: &str) -> Result<Self> {
        let path = match location.split_once("://") {
            None => location,
            Some((scheme, path)) if scheme.eq_ignore_ascii_case("file") => path,
            Some((scheme, _)) => return service_location(location, scheme).map(Self::Service),
        };
        if path.trim().is_empty() {
            return Err(invalid(location, "not empty"));
        }
        let absolute = std::path::absolute(path).map_err(|source| storage("find", path, of_disk(source)))?;
        let directory = without_parents(&absolute).map_err(|source| storage("find", path, of_disk(source)))?;
        Ok(Self::Directory(directory))
    }
}

fn invalid(value: &str, limit: &str) -> Error {
    Error::InvalidParameter { field: "root".to_owned(), value: value.to_owned(), limit: limit.to_owned() }
}

fn service_location(location: &str, scheme: &str) -> Result<ServiceLocation> {
    let shown = format!("{scheme}://...");
    let url = Url::parse(location).map_err(|_| invalid(&shown, "a directory or a valid URL"))?;
    let names_container = WITH_CONTAINER.contains(&url.scheme());
    if url.password().is_some() || !(url.username().is_empty() || names_container) {
        return Err(invalid(&shown, "without credentials; they come from the environment or the configuration"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid(&shown, "without `?` and `#`; options and signatures belong into the configuration"));
    }
    let unknown = || invalid(&shown, "a directory, or a URL such as `s3://bucket/prefix`, `az://...` or `gs://...`");
    let (scheme, prefix) = ObjectStoreScheme::parse(&url).map_err(|_| unknown())?;
    let service = match scheme {
        ObjectStoreScheme::AmazonS3 => Service::S3,
        ObjectStoreScheme::MicrosoftAzure => Service::Azure,
        ObjectStoreScheme::GoogleCloudStorage => Service::Gcs,
        _ => return Err(unknown()),
    };
    Ok(ServiceLocation { service, url, prefix })
}

/// Resolves `..` as the system would: the directory before it exists, and may be a symbolic link. A path without `..`
/// is unchanged, so that a root that is a link keeps its name.
fn without_parents(path: &FilePath) -> std::io::Result<PathBuf> {
    let mut components: Vec<_> = path.components().collect();
    let Some(last) = components.iter().rposition(|component| *component == Component::ParentDir) else {
        return Ok(path.to_owned());
    };
    let below = components.split_off(last + 1);
    let above: PathBuf = components.into_iter().collect();
    Ok(below.into_iter().fold(above.canonicalize()?, |path, component| path.join(component)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_in_a_location_are_resolved_as_the_system_would() {
        let outer = tempfile::tempdir().unwrap();
        let outer = outer.path().canonicalize().unwrap();
        std::fs::create_dir_all(outer.join("real/inner")).unwrap();
        std::os::unix::fs::symlink(outer.join("real/inner"), outer.join("link")).unwrap();
        let open = |below: &str| Location::parse(outer.join(below).to_str().unwrap());
        let root = |below: &str| open(below).unwrap();
        assert_eq!(root("real/../new"), Location::Directory(outer.join("new")));
        assert_eq!(root("link/../new/deep"), Location::Directory(outer.join("real/new/deep")));
        assert_eq!(root("link/new"), Location::Directory(outer.join("link/new")));
        assert!(matches!(open("missing/../new"), Err(Error::Storage { .. })));
    }

    #[test]
    fn buckets_and_containers_are_given_as_urls() {
        for (location, service, prefix) in [
            ("s3://bucket", Service::S3, ""),
            ("s3://bucket/a/b/", Service::S3, "a/b"),
            ("s3a://bucket/a%20b", Service::S3, "a b"),
            ("https://s3.eu-west-1.amazonaws.com/bucket/a", Service::S3, "a"),
            ("az://container/a", Service::Azure, "a"),
            ("abfss://container@account.dfs.core.windows.net/a", Service::Azure, "a"),
            ("https://account.blob.core.windows.net/container/a", Service::Azure, "a"),
            ("gs://bucket/a", Service::Gcs, "a"),
        ] {
            let Location::Service(found) = Location::parse(location).unwrap() else { panic!("{location}") };
            assert_eq!((found.service, found.prefix.as_ref()), (service, prefix), "{location}");
        }
    }

    #[test]
    fn other_locations_are_refused_and_credentials_in_them_are_not_shown() {
        for location in [
            "",
            " ",
            "ftp://host/x",
            "file://",
            "memory:///",
            "https://host/x",
            "s3://",
            "s3://key:hidden@bucket/x",
            "s3://hidden@bucket/x",
            "az://container:hidden@account.blob.core.windows.net/x",
            "https://account.blob.core.windows.net/container?sig=hidden",
            "gs://bucket/x#hidden",
        ] {
            let error = Location::parse(location).unwrap_err();
            assert!(matches!(error, Error::InvalidParameter { .. }), "{location}");
            assert!(!error.full_message().contains("hidden"), "{error}");
        }
    }
}
