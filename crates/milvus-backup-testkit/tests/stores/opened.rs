//! Opening a root with the interface of S3 as its environment says.

use std::time::Duration;

use milvus_backup_testkit::StoreRoot;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, RetryConfig};
use url::Url;

/// A client of this root that repeats a request so many times.
pub(crate) fn opened(root: &StoreRoot, max_retries: usize) -> PrefixStore<AmazonS3> {
    // It fails where another test was first.
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = Url::parse(&root.url()).unwrap();
    let retry = RetryConfig { max_retries, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
    let builder =
        AmazonS3Builder::new().with_client_options(ClientOptions::new().with_timeout(Duration::from_secs(10)));
    let builder = root
        .environment()
        .into_iter()
        .fold(builder, |builder, (name, value)| builder.with_config(name.to_ascii_lowercase().parse().unwrap(), value));
    let store = builder.with_url(root.url()).with_retry(retry).build().unwrap();
    PrefixStore::new(store, Path::parse(url.path().trim_start_matches('/')).unwrap())
}
