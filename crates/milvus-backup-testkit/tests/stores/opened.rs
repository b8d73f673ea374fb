//! Opening a root as its environment says.

use std::time::Duration;

use milvus_backup_testkit::StoreRoot;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};
use url::Url;

/// A client of this root that does not repeat requests.
pub(crate) fn opened(root: &StoreRoot) -> Box<dyn ObjectStore> {
    opened_with(root, RetryConfig { max_retries: 0, retry_timeout: Duration::from_secs(5), ..RetryConfig::default() })
}

pub(crate) fn opened_with(root: &StoreRoot, retry: RetryConfig) -> Box<dyn ObjectStore> {
    let url = Url::parse(&root.url()).unwrap();
    let path = Path::parse(url.path().trim_start_matches('/')).unwrap();
    let options = root.environment();
    macro_rules! built {
        ($builder:ty) => {{
            let mut builder = <$builder>::new().with_url(root.url()).with_retry(retry);
            for (name, value) in options {
                if let Ok(key) = name.to_ascii_lowercase().parse() {
                    builder = builder.with_config(key, value);
                }
            }
            builder
        }};
    }
    match url.scheme() {
        "s3" => Box::new(PrefixStore::new(built!(AmazonS3Builder).build().unwrap(), path)),
        "gs" => Box::new(PrefixStore::new(built!(GoogleCloudStorageBuilder).build().unwrap(), path)),
        // The address of the emulator comes from the environment of a process only.
        _ => {
            let builder = built!(MicrosoftAzureBuilder).with_endpoint(root.endpoint().to_owned());
            Box::new(PrefixStore::new(builder.build().unwrap(), path))
        }
    }
}
