use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use milvus_backup_core::{BackupStore, Clock, Entropy, Interrupt};

use super::*;

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
    let store = LocalStore::open(root.path().to_str().unwrap()).unwrap();
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
    let store = LocalStore::open(root.path().to_str().unwrap()).unwrap();
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
    let store = LocalStore::open(root.path().to_str().unwrap()).unwrap();
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
    let store = LocalStore::open(root.path().to_str().unwrap()).unwrap();
    plant(root.path(), 1, "2026-11-25T11:55:00Z");
    let refused = store.lock(&items(), Operation::Create, &environment()).await.unwrap_err();
    assert!(matches!(refused, Error::InProgress { .. }), "{refused}");
}

#[tokio::test]
async fn of_many_at_once_at_most_one_has_it() {
    let root = tempfile::tempdir().unwrap();
    let store = LocalStore::open(root.path().to_str().unwrap()).unwrap();
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
