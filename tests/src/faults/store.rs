//! The object store.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart, path::Path,
};

use super::{Fate, Faults};

fn unavailable(what: &str) -> Error {
    Error::Generic { store: "faulty", source: format!("503 at {what}").into() }
}

fn is_new(object: &ObjectMeta) -> bool {
    std::time::SystemTime::from(object.last_modified).elapsed().is_ok_and(|age| age < Duration::from_millis(500))
}

#[derive(Debug, Clone)]
pub(super) struct Faulty {
    inner: Arc<dyn ObjectStore>,
    faults: Arc<Faults>,
}

impl Faulty {
    pub(super) fn new(inner: Arc<dyn ObjectStore>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    fn read(&self) -> Result<()> {
        if self.faults.fails_reading() { Err(unavailable("read")) } else { Ok(()) }
    }

    async fn late(&self) {
        if self.faults.hit() {
            tokio::time::sleep(Duration::from_millis(self.faults.next() % 20)).await;
        }
    }
}

/// Does `call` unless it is not to be done, and loses its answer if that is to be lost.
async fn under<T>(fate: Fate, name: &str, call: impl Future<Output = Result<T>>) -> Result<T> {
    match fate {
        Fate::NotDone => Err(unavailable(name)),
        Fate::Lost => call.await.and_then(|_| Err(unavailable(name))),
        Fate::Done => call.await,
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.late().await;
        let fate = self.faults.effect("put", location);
        under(fate, "put", self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let fate = self.faults.effect("begin", location);
        let upload = under(fate, "begin", self.inner.put_multipart_opts(location, options)).await?;
        Ok(Box::new(FaultyUpload { inner: upload, location: location.clone(), faults: Arc::clone(&self.faults) }))
    }

    /// Answers can also fall short, or have a bit changed.
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.faults.hang("get", location.as_ref()).await;
        self.late().await;
        self.read()?;
        let head = options.head;
        let found = self.inner.get_opts(location, options).await?;
        if head {
            return Ok(found);
        }
        let (meta, range) = (found.meta.clone(), found.range.clone());
        let (attributes, extensions) = (found.attributes.clone(), found.extensions.clone());
        let mut bytes = found.bytes().await?.to_vec();
        if !bytes.is_empty() && self.faults.hit() {
            let place = usize::try_from(self.faults.next()).unwrap_or(0) % bytes.len();
            if self.faults.next().is_multiple_of(2) { bytes.truncate(place) } else { bytes[place] ^= 1 }
        }
        let payload = GetResultPayload::Stream(stream::once(async { Ok(Bytes::from(bytes)) }).boxed());
        Ok(GetResult { payload, meta, range, attributes, extensions })
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        let delete = move |location: Path| {
            let this = this.clone();
            async move {
                this.faults.hang("delete", location.as_ref()).await;
                let fate = this.faults.effect("delete", &location);
                let one = stream::once(async move { Ok(location) }).boxed();
                let deleted = this.inner.delete_stream(one).try_collect::<Vec<_>>();
                under(fate, "delete", deleted).await.map(|mut deleted| deleted.swap_remove(0))
            }
        };
        locations.and_then(delete).boxed()
    }

    /// The newest objects can also be left out: some services list them late.
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let listed = self.inner.list(prefix);
        match self.read() {
            Ok(()) if self.faults.hit() => listed.try_filter(|object| std::future::ready(!is_new(object))).boxed(),
            Ok(()) => listed,
            Err(error) => listed.take(1).chain(stream::once(async { Err(error) })).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.faults.hang("list", prefix.map_or("", Path::as_ref)).await;
        self.read()?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let fate = self.faults.effect("copy", to);
        under(fate, "copy", self.inner.copy_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct FaultyUpload {
    inner: Box<dyn MultipartUpload>,
    location: Path,
    faults: Arc<Faults>,
}

#[async_trait]
impl MultipartUpload for FaultyUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let fate = self.faults.effect("part", &self.location);
        let part = self.inner.put_part(data);
        Box::pin(async move { under(fate, "part", part).await })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let fate = self.faults.effect("complete", &self.location);
        under(fate, "complete", self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.inner.abort().await
    }
}
