//! [`FaultyStore`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use super::call::{Call, CallKind};
use super::chance::Chance;
use super::failure::Failure;
use super::plan::Faults;

/// An object store with faults around it.
///
/// Faults at random also make it late, return bytes that fall short or have a bit changed, and leave new objects out of
/// lists, as some services do.
#[derive(Debug, Clone)]
pub struct FaultyStore {
    inner: Arc<dyn ObjectStore>,
    faults: Faults,
}

fn failed(failure: &Failure, call: &Call) -> Error {
    failure.in_store(call)
}

fn is_new(object: &ObjectMeta) -> bool {
    std::time::SystemTime::from(object.last_modified).elapsed().is_ok_and(|age| age < Duration::from_millis(500))
}

impl FaultyStore {
    /// Puts faults around a store.
    pub fn new(inner: Arc<dyn ObjectStore>, faults: Faults) -> Self {
        Self { inner, faults }
    }

    /// Puts faults around an empty store in memory.
    pub fn in_memory(faults: Faults) -> Self {
        Self::new(Arc::new(InMemory::new()), faults)
    }

    /// Fails at random, where nothing would be changed.
    fn read(&self) -> Result<()> {
        if self.faults.chance(|chance| chance.hit() && chance.flip()) {
            return Err(Error::Generic { store: "faulty", source: "503 at random".into() });
        }
        Ok(())
    }

    async fn late(&self) {
        let delay = self.faults.chance(|chance| chance.hit().then(|| chance.next() % 20));
        if let Some(delay) = delay {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
    }

    /// Takes some of the bytes away, or changes a bit, at random.
    fn damage(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let damage = self.faults.chance(|chance| {
            chance.hit().then(|| (usize::try_from(chance.next()).unwrap_or(0) % length, chance.flip()))
        });
        match damage {
            Some((place, true)) => bytes.truncate(place),
            Some((place, false)) => bytes[place] ^= 1,
            None => {}
        }
    }
}

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyStore({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.late().await;
        let turn = self.faults.enter("put", location, CallKind::Effect);
        turn.run(self.inner.put_opts(location, payload, options), failed).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let turn = self.faults.enter("begin", location, CallKind::Effect);
        let inner = turn.run(self.inner.put_multipart_opts(location, options), failed).await?;
        Ok(Box::new(FaultyUpload { inner, location: location.clone(), faults: self.faults.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let head = options.head;
        let turn = self.faults.enter(if head { "head" } else { "get" }, location, CallKind::Read);
        let get = async {
            self.late().await;
            self.read()?;
            let found = self.inner.get_opts(location, options).await?;
            if head {
                return Ok(found);
            }
            let (meta, range) = (found.meta.clone(), found.range.clone());
            let (attributes, extensions) = (found.attributes.clone(), found.extensions.clone());
            let mut bytes = found.bytes().await?.to_vec();
            self.damage(&mut bytes);
            let payload = GetResultPayload::Stream(stream::once(async { Ok(Bytes::from(bytes)) }).boxed());
            Ok(GetResult { payload, meta, range, attributes, extensions })
        };
        turn.run(get, failed).await
    }

    /// A call for each object.
    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        let delete = move |location: Path| {
            let this = this.clone();
            async move {
                let turn = this.faults.enter("delete", &location, CallKind::Effect);
                let one = stream::once(async move { Ok(location) }).boxed();
                let deleted = turn.run(this.inner.delete_stream(one).try_collect::<Vec<_>>(), failed).await;
                deleted.map(|mut deleted| deleted.swap_remove(0))
            }
        };
        locations.and_then(delete).boxed()
    }

    /// A listing that fails is interrupted after its first object.
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let turn = self.faults.enter("list", prefix.map_or("", Path::as_ref), CallKind::Read);
        let (this, listed) = (self.clone(), self.inner.list(prefix));
        let without_new = self.faults.chance(Chance::hit);
        let started = async move {
            match turn.run(async { this.read() }, failed).await {
                Ok(()) => listed.try_filter(move |object| std::future::ready(!(without_new && is_new(object)))).boxed(),
                Err(error) => listed.take(1).chain(stream::once(async { Err(error) })).boxed(),
            }
        };
        stream::once(started).flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let turn = self.faults.enter("list_with_delimiter", prefix.map_or("", Path::as_ref), CallKind::Read);
        let list = async {
            self.read()?;
            self.inner.list_with_delimiter(prefix).await
        };
        turn.run(list, failed).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let turn = self.faults.enter("copy", to, CallKind::Effect);
        turn.run(self.inner.copy_opts(from, to, options), failed).await
    }
}

#[derive(Debug)]
struct FaultyUpload {
    inner: Box<dyn MultipartUpload>,
    location: Path,
    faults: Faults,
}

#[async_trait]
impl MultipartUpload for FaultyUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let turn = self.faults.enter("part", &self.location, CallKind::Effect);
        let part = self.inner.put_part(data);
        Box::pin(turn.run(part, failed))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let turn = self.faults.enter("complete", &self.location, CallKind::Effect);
        turn.run(self.inner.complete(), failed).await
    }

    async fn abort(&mut self) -> Result<()> {
        let turn = self.faults.enter("abort", &self.location, CallKind::Effect);
        turn.run(self.inner.abort(), failed).await
    }
}
