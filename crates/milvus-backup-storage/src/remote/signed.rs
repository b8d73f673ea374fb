//! Requests on a bucket itself, with the credentials of its store.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use object_store::aws::AmazonS3;
use object_store::client::HttpRequest;
use object_store::gcp::GoogleCloudStorage;
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{Error, Result};
use reqwest::Method;

/// Time for which a signed request is valid.
const VALIDITY: Duration = Duration::from_mins(5);

/// A store whose bucket can be sent a request with a query.
#[async_trait]
pub(super) trait SignedListing: fmt::Debug + Send + Sync {
    /// Sets the URL, the query and the credentials of a `GET` request on the bucket.
    async fn prepare(&self, request: &mut HttpRequest, query: &[(String, String)]) -> Result<()>;
}

#[async_trait]
impl SignedListing for AmazonS3 {
    async fn prepare(&self, request: &mut HttpRequest, query: &[(String, String)]) -> Result<()> {
        let options = SignedUrlOptions::default().with_query(query.iter().cloned());
        let url = self.signed_url_opts(Method::GET, &Path::default(), VALIDITY, &options).await?;
        *request.uri_mut() = url.as_str().parse().map_err(invalid)?;
        Ok(())
    }
}

/// A bucket of GCS, whose requests carry a token: only service accounts can sign URLs.
#[derive(Debug)]
pub(super) struct GcsBucket {
    pub(super) store: GoogleCloudStorage,
    /// The URL of the bucket.
    pub(super) url: url::Url,
}

#[async_trait]
impl SignedListing for GcsBucket {
    async fn prepare(&self, request: &mut HttpRequest, query: &[(String, String)]) -> Result<()> {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(query);
        *request.uri_mut() = url.as_str().parse().map_err(invalid)?;
        let credential = self.store.credentials().get_credential().await?;
        if !credential.bearer.is_empty() {
            let value = format!("Bearer {}", credential.bearer).parse().map_err(invalid)?;
            request.headers_mut().insert("authorization", value);
        }
        Ok(())
    }
}

fn invalid(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Generic { store: "uploads", source: Box::new(source) }
}
