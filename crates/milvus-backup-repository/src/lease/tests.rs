use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use milvus_backup_core::{CollectionRef, Error, Operation, Result};
use milvus_backup_storage::{Directory, Storage};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result as StoreResult,
};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::document::LeaseDocument;
use crate::RepositoryHandle;
use crate::documents::to_bytes;
use crate::test_environment::environment;

fn items() -> CollectionRef {
    CollectionRef::new("", "items".parse().unwrap()).unwrap()
}

/// Creates the lease of a process on another machine.
fn plant(root: &std::path::Path, number: u32, renewed: &str) {
    let mut document = LeaseDocument::new(format!("{number}"), Operation::Create, renewed.parse().unwrap());
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
    let first = store.lease(&items(), Operation::Create, &environment).await.unwrap();
    let refused = store.lease(&items(), Operation::Delete, &environment).await.unwrap_err();
    assert!(matches!(&refused, Error::InProgress { holder, .. } if holder.contains("create of process")), "{refused}");
    first.check().await.unwrap();
    first.release().await;
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    store.lease(&items(), Operation::Delete, &environment).await.unwrap().release().await;
}

#[tokio::test]
async fn a_dead_lock_is_taken_over_and_its_holder_cannot_commit() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let environment = environment();
    plant(root.path(), 7, "2026-11-25T11:00:00Z");
    let lock = store.lease(&items(), Operation::Create, &environment).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(root.path().join("items/locks")).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name(), "00000008.json");
    // Another process takes over the lease in turn.
    std::fs::remove_file(files[0].path()).unwrap();
    assert!(matches!(lock.check().await, Err(Error::InProgress { .. })));
    plant(root.path(), 9, "2026-11-25T11:59:00Z");
    lock.release().await;
    assert!(root.path().join("items/locks/00000009.json").exists(), "it is another's");
}

#[tokio::test]
async fn a_lock_of_a_dead_holder_is_found_and_one_of_a_living_holder_is_not() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    assert_eq!(store.dead_leases(&environment()).await.unwrap(), []);
    plant(root.path(), 7, "2026-11-25T11:00:00Z");
    assert_eq!(store.dead_leases(&environment()).await.unwrap(), [items()]);
    plant(root.path(), 8, "2026-11-25T11:59:00Z");
    assert_eq!(store.dead_leases(&environment()).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_killed_writer_of_a_lock_left_is_removed() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    let locks = root.path().join("items/locks");
    std::fs::create_dir_all(&locks).unwrap();
    for (name, seconds) in [("00000001.json#1", 600), ("00000001.json#2", 0), ("00000001.json#x", 600)] {
        let file = std::fs::File::create(locks.join(name)).unwrap();
        let now = std::time::SystemTime::from(environment().clock.now());
        file.set_modified(now - Duration::from_secs(seconds)).unwrap();
    }
    store.lease(&items(), Operation::Create, &environment()).await.unwrap().release().await;
    let mut left: Vec<_> = std::fs::read_dir(&locks).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["00000001.json#2", "00000001.json#x"]);
}

#[tokio::test]
async fn a_lock_that_is_renewed_on_another_machine_is_respected() {
    let root = tempfile::tempdir().unwrap();
    let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
    plant(root.path(), 1, "2026-11-25T11:55:00Z");
    let refused = store.lease(&items(), Operation::Create, &environment()).await.unwrap_err();
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
        let attempts = (0..8).map(|_| store.lease(&items, Operation::Create, &environment));
        let outcomes = futures::future::join_all(attempts).await;
        let held: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
        assert!(held.len() <= 1, "{held:?}");
        for lock in held {
            lock.release().await;
        }
    }
}

/// What a test does before each put: nothing, wait, or fail it.
type Hook = Box<dyn Fn(Path, PutMode) -> BoxFuture<'static, StoreResult<()>> + Send + Sync>;

/// An object store that runs a hook before each put.
struct BeforePuts {
    inner: Arc<dyn ObjectStore>,
    hook: Hook,
}

impl BeforePuts {
    fn new(
        inner: Arc<dyn ObjectStore>,
        hook: impl Fn(Path, PutMode) -> BoxFuture<'static, StoreResult<()>> + Send + Sync + 'static,
    ) -> Self {
        Self { inner, hook: Box::new(hook) }
    }
}

impl std::fmt::Debug for BeforePuts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BeforePuts").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl std::fmt::Display for BeforePuts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for BeforePuts {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> StoreResult<PutResult> {
        (self.hook)(location.clone(), options.mode.clone()).await?;
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
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// Returns a repository in which another operation acquires the lease just before each of the first conditional creates,
/// and releases it just after them.
fn contended(root: &std::path::Path, losses: usize) -> RepositoryHandle {
    let storage = Storage::open(root.to_str().unwrap()).unwrap();
    let losses = AtomicUsize::new(losses);
    RepositoryHandle::new(storage.layered(|inner| {
        Arc::new(BeforePuts::new(inner, move |location: Path, mode: PutMode| {
            let one_less = |left: usize| left.checked_sub(1);
            let lost = mode == PutMode::Create && losses.fetch_update(Relaxed, Relaxed, one_less).is_ok();
            let error = StoreError::AlreadyExists { path: location.to_string(), source: "it was there".into() };
            std::future::ready(if lost { Err(error) } else { Ok(()) }).boxed()
        }))
    }))
}

#[tokio::test]
async fn a_race_that_was_lost_to_a_lock_that_is_gone_is_run_again() {
    let root = tempfile::tempdir().unwrap();
    let lock = contended(root.path(), 2).lease(&items(), Operation::Delete, &environment()).await.unwrap();
    lock.check().await.unwrap();
    lock.release().await;
}

#[tokio::test]
async fn a_race_that_is_always_lost_is_an_operation_in_progress() {
    let root = tempfile::tempdir().unwrap();
    let refused =
        contended(root.path(), usize::MAX).lease(&items(), Operation::Delete, &environment()).await.unwrap_err();
    assert!(matches!(refused, Error::InProgress { .. }), "{refused}");
}

/// Both contenders acquire the lease repeatedly. One that fails reports the other one as the holder, and no other
/// error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contenders_only_ever_hear_of_each_other() {
    let root = tempfile::tempdir().unwrap();
    let contend = |operation: Operation| {
        let store = RepositoryHandle::new(Storage::open(root.path().to_str().unwrap()).unwrap());
        tokio::spawn(async move {
            let environment = environment();
            for _ in 0..150 {
                match store.lease(&items(), operation, &environment).await {
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

/// Ages the lease of epoch 1 until another machine considers it expired.
async fn make_stale(directory: &Directory) {
    let bytes = directory.read_document("00000001.json", 1 << 20).await.unwrap().unwrap();
    let mut document: LeaseDocument = serde_json::from_slice(&bytes).unwrap();
    document.process.machine = "another".to_owned();
    document.renewed_at = "2026-11-25T11:00:00Z".parse().unwrap();
    directory.write_document("00000001.json", to_bytes(&document).unwrap()).await.unwrap();
}

/// The holder has confirmed that the lease is its own, and is paused before it writes the renewal. Meanwhile another
/// process takes over, does its work, and leaves no files.
#[tokio::test(start_paused = true)]
async fn a_holder_that_was_paused_between_read_and_write_has_lost() {
    let memory: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let held = BeforePuts::new(Arc::clone(&memory), {
        let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
        move |location: Path, _| {
            let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
            async move {
                if location.filename() == Some("00000002.json") {
                    arrived.notify_one();
                    go_on.notified().await;
                }
                Ok(())
            }
            .boxed()
        }
    });
    let paused = RepositoryHandle::new(Storage::from_store(Arc::new(held), "memory"));
    let other = RepositoryHandle::new(Storage::from_store(memory, "memory"));
    let lease = paused.lease(&items(), Operation::Create, &environment()).await.unwrap();
    arrived.notified().await;

    let locks = other.storage().directory("items/locks");
    make_stale(&locks).await;
    let successor = other.lease(&items(), Operation::Delete, &environment()).await.unwrap();
    assert_eq!(successor.check().await.unwrap(), 2);
    successor.release().await;
    go_on.notify_one();

    timeout(Duration::from_mins(10), lease.lost()).await.expect("the loss is reported at the next renewal");
    assert!(matches!(lease.check().await, Err(Error::InProgress { .. })));
    assert_eq!(locks.list().await.unwrap(), [], "what it created is taken back");
    lease.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_finds_a_higher_epoch_has_lost_also_if_its_own_file_is_there() {
    let repository = RepositoryHandle::new(Storage::from_store(Arc::new(InMemory::new()), "memory"));
    let lease = repository.lease(&items(), Operation::Create, &environment()).await.unwrap();
    assert_eq!(lease.check().await.unwrap(), 1);
    let document = LeaseDocument::new("another".to_owned(), Operation::Delete, "2026-11-25T12:00:00Z".parse().unwrap());
    let locks = repository.storage().directory("items/locks");
    locks.write_document("00000002.json", to_bytes(&document).unwrap()).await.unwrap();
    assert!(matches!(lease.check().await, Err(Error::InProgress { .. })));
    timeout(Duration::from_mins(10), lease.lost()).await.expect("the loss is reported at the next renewal");
    lease.release().await;
    assert!(locks.size("00000002.json").await.unwrap().is_some(), "the lease of the successor stays");
}

#[tokio::test(start_paused = true)]
async fn epochs_grow_with_each_renewal() {
    let repository = RepositoryHandle::new(Storage::from_store(Arc::new(InMemory::new()), "memory"));
    let lease = repository.lease(&items(), Operation::Create, &environment()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(150)).await;
    assert_eq!(lease.check().await.unwrap(), 3);
    let locks = repository.storage().directory("items/locks");
    assert_eq!(locks.list().await.unwrap().len(), 1);
    lease.release().await;
    assert_eq!(locks.list().await.unwrap(), []);
}
