//! An object store that counts the calls it gets, and never returns from one that a test names.

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
use tokio::sync::Notify;

/// Calls, by what they do and to which kind of object: `get metadata.json`.
pub(crate) type Calls = BTreeMap<String, usize>;

/// What was called, and what never returns.
#[derive(Debug, Default)]
pub(crate) struct Log {
    calls: Mutex<Calls>,
    hanging: Mutex<Option<String>>,
    reached: Notify,
}

impl Log {
    /// Takes the calls since the last time.
    pub(crate) fn take(&self) -> Calls {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// Calls of this kind never return from now on.
    pub(crate) fn hang(&self, call: &str) {
        *self.hanging.lock().unwrap() = Some(call.to_owned());
    }

    /// Waits until such a call is made.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    fn count(&self, call: &str, location: &str) -> String {
        let file = location.rsplit('/').next().unwrap_or_default();
        let kinds = [("/locks/", "lock"), ("/pins/", "pin")];
        let kind = kinds.iter().find(|(part, _)| location.contains(part)).map_or(file, |(_, kind)| kind);
        let call = format!("{call} {kind}").trim_end().to_owned();
        *self.calls.lock().unwrap().entry(call.clone()).or_default() += 1;
        call
    }

    async fn enter(&self, call: &str, location: &str) {
        let call = self.count(call, location);
        if self.hanging.lock().unwrap().as_ref() == Some(&call) {
            self.reached.notify_one();
            futures::future::pending::<()>().await;
        }
    }
}

/// Counts the calls to the store inside it.
#[derive(Debug)]
pub(crate) struct Counting {
    inner: Arc<dyn ObjectStore>,
    log: Arc<Log>,
}

impl Counting {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>, log: Arc<Log>) -> Self {
        Self { inner, log }
    }
}

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counting({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Counting {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.log.enter("put", location.as_ref()).await;
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.log.enter("upload", location.as_ref()).await;
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.log.enter(if options.head { "head" } else { "get" }, location.as_ref()).await;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let log = Arc::clone(&self.log);
        let counted = locations.then(move |location| {
            let log = Arc::clone(&log);
            async move {
                if let Ok(location) = &location {
                    log.enter("delete", location.as_ref()).await;
                }
                location
            }
        });
        self.inner.delete_stream(counted.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.log.count("list", "");
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.log.count("list", "");
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.log.enter("copy", to.as_ref()).await;
        self.inner.copy_opts(from, to, options).await
    }
}
