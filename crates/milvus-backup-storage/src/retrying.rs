//! [`Retrying`]: an object store that repeats calls after transient failures.
//!
//! Must always hold: a call is repeated only if a second one can do no harm. A multipart upload is not resumed here:
//! its owner restarts it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, TryChunksError};
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{Environment, RetryPolicy};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use crate::error::is_transient;
use crate::service_error::{text, was_retried};

/// Size of the largest response that is read completely before it is passed on, in bytes. Documents and ranges of data
/// files are smaller.
const MAX_WHOLE_BYTES: u64 = 256 << 20;

/// Largest number of objects that are deleted by one call.
const GROUP: usize = 1000;

/// How often calls are retried, and the time and the randomness of the delays between them.
#[derive(Debug, Clone)]
pub(crate) struct Retries {
    pub(crate) policy: RetryPolicy,
    pub(crate) environment: Environment,
}

/// An object store that retries its calls.
#[derive(Debug, Clone)]
pub(crate) struct Retrying {
    inner: Arc<dyn ObjectStore>,
    /// `None` if calls are made once.
    retries: Option<Retries>,
}

impl Retrying {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>, retries: Option<Retries>) -> Self {
        Self { inner, retries }
    }

    async fn run<T, F>(&self, mut call: impl FnMut() -> F + Send) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        if let Some(Retries { policy, environment }) = &self.retries {
            for delay in policy.delays(environment) {
                match call().await {
                    // A request that the client has retried is not repeated here as well.
                    Err(error) if is_transient(&error) && !was_retried(&error) => {
                        tracing::warn!(error = text(&error), ?delay, "retrying");
                        environment.sleep(delay).await;
                    }
                    outcome => return outcome,
                }
            }
        }
        call().await
    }
}

/// Gets an object with its bytes, so that a response that is interrupted or too short is a failure of this call.
async fn get_whole(store: &dyn ObjectStore, location: &Path, options: GetOptions) -> Result<GetResult> {
    let head = options.head;
    let found = store.get_opts(location, options).await?;
    let wanted = length(&found.range);
    // Large responses are passed through, and so are local files, of which nothing is in flight.
    if head || wanted > MAX_WHOLE_BYTES || matches!(found.payload, GetResultPayload::File(..)) {
        return Ok(found);
    }
    let (meta, range) = (found.meta.clone(), found.range.clone());
    let (attributes, extensions) = (found.attributes.clone(), found.extensions.clone());
    let bytes = found.bytes().await?;
    if bytes.len() as u64 != wanted {
        return Err(fell_short(location, &bytes, wanted));
    }
    let payload = GetResultPayload::Stream(futures::stream::once(async { Ok(bytes) }).boxed());
    Ok(GetResult { payload, meta, range, attributes, extensions })
}

/// Deletes objects. One that does not exist is not an error.
async fn delete_all(store: &dyn ObjectStore, locations: Vec<Path>) -> Result<()> {
    let mut deleted = store.delete_stream(futures::stream::iter(locations.into_iter().map(Ok)).boxed());
    while let Some(outcome) = deleted.next().await {
        match outcome {
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn length(range: &Range<u64>) -> u64 {
    range.end.saturating_sub(range.start)
}

fn fell_short(location: &Path, bytes: &Bytes, wanted: u64) -> Error {
    let message = format!("`{location}`: {} bytes came, {wanted} were to come", bytes.len());
    Error::Generic { store: "answer", source: message.into() }
}

impl fmt::Display for Retrying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Retrying {
    /// Puts an object with retries. A conditional put whose first response was lost then finds its own object: the
    /// caller reads it back.
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.run(|| self.inner.put_opts(location, payload.clone(), options.clone())).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.run(|| self.inner.put_multipart_opts(location, options.clone())).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.run(|| get_whole(self.inner.as_ref(), location, options.clone())).await
    }

    /// Deletes objects in the groups in which they come. A group that fails is repeated: deleting an object again is no
    /// error.
    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        let delete = move |group: std::result::Result<Vec<Path>, TryChunksError<Path, Error>>| {
            let this = this.clone();
            async move {
                let group = group.map_err(|error| error.1)?;
                this.run(|| delete_all(this.inner.as_ref(), group.clone())).await?;
                Ok::<_, Error>(futures::stream::iter(group.into_iter().map(Ok)))
            }
        };
        locations.try_chunks(GROUP).then(delete).try_flatten().boxed()
    }

    /// Lists all objects before the stream starts: a listing that is interrupted is restarted.
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (this, prefix) = (self.clone(), prefix.cloned());
        let listed = async move {
            let objects = this.run(|| this.inner.list(prefix.as_ref()).try_collect::<Vec<_>>()).await?;
            Ok::<_, Error>(futures::stream::iter(objects.into_iter().map(Ok)))
        };
        futures::stream::once(listed).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.run(|| self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.run(|| self.inner.copy_opts(from, to, options.clone())).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}
