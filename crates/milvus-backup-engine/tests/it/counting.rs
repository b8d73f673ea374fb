//! An object store that counts the calls it gets.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};

/// Calls, by what they do and to which kind of object: `get metadata.json`.
pub(crate) type Calls = BTreeMap<String, usize>;

/// Counts the calls to the store inside it.
#[derive(Debug)]
pub(crate) struct Counting {
    inner: Arc<dyn ObjectStore>,
    calls: Arc<Mutex<Calls>>,
}

impl Counting {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>, calls: Arc<Mutex<Calls>>) -> Self {
        Self { inner, calls }
    }

    fn count(&self, call: &str, location: &str) {
        count(&self.calls, call, location);
    }
}

fn count(calls: &Mutex<Calls>, call: &str, location: &str) {
    let file = location.rsplit('/').next().unwrap_or_default();
    let kind = if location.contains("/locks/") { "lock" } else { file };
    *calls.lock().unwrap().entry(format!("{call} {kind}").trim_end().to_owned()).or_default() += 1;
}

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counting({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Counting {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.count("put", location.as_ref());
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.count("upload", location.as_ref());
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.count(if options.head { "head" } else { "get" }, location.as_ref());
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let calls = Arc::clone(&self.calls);
        let counted = locations.inspect(move |location| {
            if let Ok(location) = location {
                count(&calls, "delete", location.as_ref());
            }
        });
        self.inner.delete_stream(counted.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.count("list", "");
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.count("list", "");
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.count("copy", to.as_ref());
        self.inner.copy_opts(from, to, options).await
    }
}
