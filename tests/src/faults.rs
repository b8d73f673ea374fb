//! An object store that fails on demand, around the real one: a stand-in for disks and services that fail.
//!
//! What it does is in the environment variable `MILVUS_BR_FAULTS`, one setting per word:
//!
//! - `trace=FILE`: writes the name of each side effect to a file, one per line.
//! - `at=N` with `how=`: what happens at side effect N, counted from 0. `kill`: SIGKILL before it. `error`: it fails
//!   once, not done. `lost`: it is done, and its answer is lost. `down`: it and everything after it fails.
//! - `random=SEED` with `percent=P`: so many percent of all calls fail, are lost, come late, fall short or have a bit
//!   changed, as the seed says.

use std::{
    env, fmt,
    io::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

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

/// The variable that says what fails.
pub const VARIABLE: &str = "MILVUS_BR_FAULTS";

/// Puts the faults of the environment around a store.
pub fn layer(inner: Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore> {
    let text = env::var(VARIABLE).unwrap_or_default();
    Arc::new(Faulty { inner, faults: Arc::new(Faults::parse(&text)) })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Kill,
    Error,
    Lost,
    Down,
}

#[derive(Debug, Default)]
struct Faults {
    trace: Option<Mutex<std::fs::File>>,
    at: Option<(u64, How)>,
    percent: u64,
    random: AtomicU64,
    /// Side effects so far.
    count: AtomicU64,
}

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    NotDone,
    Lost,
}

impl Faults {
    fn parse(text: &str) -> Self {
        let mut faults = Self::default();
        let (mut at, mut how) = (None, How::Error);
        for (name, value) in text.split_whitespace().filter_map(|word| word.split_once('=')) {
            match name {
                "trace" => faults.trace = Some(Mutex::new(std::fs::File::create(value).unwrap())),
                "at" => at = Some(value.parse().unwrap()),
                "how" => {
                    how = match value {
                        "kill" => How::Kill,
                        "error" => How::Error,
                        "lost" => How::Lost,
                        "down" => How::Down,
                        other => panic!("how={other}"),
                    }
                }
                "percent" => faults.percent = value.parse().unwrap(),
                "random" => faults.random = AtomicU64::new(value.parse::<u64>().unwrap() | 1),
                other => panic!("{other}={value}"),
            }
        }
        faults.at = at.map(|at| (at, how));
        faults
    }

    /// The next number of the sequence that the seed begins (xorshift).
    fn next(&self) -> u64 {
        let step = |mut state: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^ (state << 17)
        };
        let before = self.random.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state)));
        before.unwrap_or_default() >> 11
    }

    fn hit(&self) -> bool {
        self.percent > 0 && self.next() % 100 < self.percent
    }

    /// What becomes of the next side effect.
    fn effect(&self, name: &str, location: &Path) -> Fate {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        if let Some(trace) = &self.trace {
            writeln!(trace.lock().unwrap(), "{name} {location}").unwrap();
        }
        match self.at {
            Some((at, How::Kill)) if at == number => {
                let this = rustix::process::getpid();
                rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
                unreachable!("SIGKILL does not return")
            }
            Some((at, How::Error)) if at == number => Fate::NotDone,
            Some((at, How::Lost)) if at == number => Fate::Lost,
            Some((at, How::Down)) if number >= at => Fate::NotDone,
            _ if self.hit() => [Fate::NotDone, Fate::Lost][usize::from(self.next().is_multiple_of(2))],
            _ => Fate::Done,
        }
    }

    /// Whether calls that change nothing fail, too.
    fn read(&self) -> Result<()> {
        let down = matches!(self.at, Some((at, How::Down)) if self.count.load(Ordering::SeqCst) > at);
        if down || (self.hit() && self.next().is_multiple_of(2)) { Err(unavailable("read")) } else { Ok(()) }
    }
}

fn unavailable(what: &str) -> Error {
    Error::Generic { store: "faulty", source: format!("503 at {what}").into() }
}

#[derive(Debug, Clone)]
struct Faulty {
    inner: Arc<dyn ObjectStore>,
    faults: Arc<Faults>,
}

impl Faulty {
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
        self.late().await;
        self.faults.read()?;
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
                let fate = this.faults.effect("delete", &location);
                let one = stream::once(async move { Ok(location) }).boxed();
                let deleted = this.inner.delete_stream(one).try_collect::<Vec<_>>();
                under(fate, "delete", deleted).await.map(|mut deleted| deleted.swap_remove(0))
            }
        };
        locations.and_then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.faults.read() {
            Ok(()) => self.inner.list(prefix),
            Err(error) => self.inner.list(prefix).take(1).chain(stream::once(async { Err(error) })).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.faults.read()?;
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
