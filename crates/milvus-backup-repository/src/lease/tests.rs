use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use milvus_backup_core::{Clock, CollectionRef, Entropy, Environment, Error, Interrupt, Operation, Result};
use milvus_backup_storage::Storage;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result as StoreResult,
};

use super::document::LockDocument;
use crate::RepositoryHandle;
use crate::documents::to_bytes;

#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> jiff::Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

#[derive(Debug, Default)]
struct Counter(std::sync::atomic::AtomicU32);

impl Entropy for Counter {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_be_bytes())
    }
}

fn environment() -> Environment {
    Environment { clock: Arc::new(FixedClock), entropy: Arc::new(Counter::default()), interrupt: Interrupt::never() }
}

fn items() -> CollectionRef {
    CollectionRef::new("", "items".parse().unwrap()).unwrap()
}

/// Puts the lock of a process of another machine in place.
fn plant(root: &std::path::Path, number: u32, renewed: &str) {
    let mut document = LockDocument::new(format!("{number}"), Operation::Create, renewed.parse().unwrap());
    document.process.machine = "another".to_owned();
    let locks = root.join("items/locks");
    std::fs::create_dir_all(&locks).unwrap();
    std::fs::write(locks.join(format!("{number:08}.json")), to_bytes(&document).unwrap()).unwrap();
}

#[tokio::test]
async fn one_at_a_time_and_nothing_is_left() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let environment = environment();
    let first = store.lock(&items(), Operation::Create, &environment).await.unwrap();
    let refused = store.lock(&items(), Operation::Delete, &environment).await.unwrap_err();
    assert!(matches!(&refused, Error::InProgress { holder, .. } if holder.contains("create of process")), "{refused}");
    first.check().await.unwrap();
    first.release().await;
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    store.lock(&items(), Operation::Delete, &environment).await.unwrap().release().await;
}

#[tokio::test]
async fn a_dead_lock_is_taken_over_and_its_holder_cannot_commit() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let environment = environment();
    plant(root.path(), 7, "2026-11-25T11:00:00Z");
    let lock = store.lock(&items(), Operation::Create, &environment).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(root.path().join("items/locks")).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name(), "00000008.json");
    // Taken over in turn.
    std::fs::remove_file(files[0].path()).unwrap();
    assert!(matches!(lock.check().await, Err(Error::InProgress { .. })));
    plant(root.path(), 9, "2026-11-25T11:59:00Z");
    lock.release().await;
    assert!(root.path().join("items/locks/00000009.json").exists(), "it is another's");
}

#[tokio::test]
async fn what_a_killed_writer_of_a_lock_left_is_removed() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let locks = root.path().join("items/locks");
    std::fs::create_dir_all(&locks).unwrap();
    for (name, seconds) in [("00000001.json#1", 600), ("00000001.json#2", 0), ("00000001.json#x", 600)] {
        let file = std::fs::File::create(locks.join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    }
    store.lock(&items(), Operation::Create, &environment()).await.unwrap().release().await;
    let mut left: Vec<_> = std::fs::read_dir(&locks).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["00000001.json#2", "00000001.json#x"]);
}

#[tokio::test]
async fn a_lock_that_is_renewed_on_another_machine_is_respected() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    plant(root.path(), 1, "2026-11-25T11:55:00Z");
    let refused = store.lock(&items(), Operation::Create, &environment()).await.unwrap_err();
    assert!(matches!(refused, Error::InProgress { .. }), "{refused}");
}

#[tokio::test]
async fn of_many_at_once_at_most_one_has_it() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let environment = environment();
    for round in 0..20 {
        if round % 2 == 0 {
            plant(root.path(), 3, "2026-11-25T11:00:00Z");
        }
        let items = items();
        let attempts = (0..8).map(|_| store.lock(&items, Operation::Create, &environment));
        let outcomes = futures::future::join_all(attempts).await;
        let held: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
        assert!(held.len() <= 1, "{held:?}");
        for lock in held {
            lock.release().await;
        }
    }
}

/// A store in which another operation takes the lock just before each of the first conditional creates, and releases it
/// just after them.
#[derive(Debug)]
struct Contended {
    inner: Arc<dyn ObjectStore>,
    losses: std::sync::atomic::AtomicUsize,
}

impl std::fmt::Display for Contended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Contended {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> StoreResult<PutResult> {
        use std::sync::atomic::Ordering::Relaxed;
        let one_less = |left: usize| left.checked_sub(1);
        if options.mode == PutMode::Create && self.losses.fetch_update(Relaxed, Relaxed, one_less).is_ok() {
            return Err(StoreError::AlreadyExists { path: location.to_string(), source: "it was there".into() });
        }
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, StoreResult<Path>>) -> BoxStream<'static, StoreResult<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.inner.list(prefix).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

fn contended(root: &std::path::Path, losses: usize) -> RepositoryHandle {
    let storage = Storage::open(root.to_str().unwrap()).unwrap();
    RepositoryHandle::new(storage.layered(|inner| Arc::new(Contended { inner, losses: losses.into() })))
}

#[tokio::test]
async fn a_race_that_was_lost_to_a_lock_that_is_gone_is_run_again() {
    let root = tempfile::tempdir().unwrap();
    let lock = contended(root.path(), 2).lock(&items(), Operation::Delete, &environment()).await.unwrap();
    lock.check().await.unwrap();
    lock.release().await;
}

#[tokio::test]
async fn a_race_that_is_always_lost_is_an_operation_in_progress() {
    let root = tempfile::tempdir().unwrap();
    let refused =
        contended(root.path(), usize::MAX).lock(&items(), Operation::Delete, &environment()).await.unwrap_err();
    assert!(matches!(refused, Error::InProgress { .. }), "{refused}");
}

/// Each takes the lock again and again. Whoever does not get it hears of the other one, and of nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contenders_only_ever_hear_of_each_other() {
    let root = tempfile::tempdir().unwrap();
    let contend = |operation: Operation| {
        let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
        tokio::spawn(async move {
            let environment = environment();
            for _ in 0..150 {
                match store.lock(&items(), operation, &environment).await {
                    Ok(lock) => lock.release().await,
                    Err(error) => assert!(matches!(error, Error::InProgress { .. }), "{}", error.full_message()),
                }
            }
        })
    };
    let (create, delete) = (contend(Operation::Create), contend(Operation::Delete));
    create.await.unwrap();
    delete.await.unwrap();
}
