//! The suite that every root passes: a store in memory, a directory, and services that are started for it.

use std::sync::Arc;

use bytes::Bytes;
use milvus_backup_storage::error::is_conflict;
use milvus_backup_storage::{AbandonedUploads, BufferPool, Outcome, ProbeExtent, Storage, StoreOptions, Window};
use object_store::memory::InMemory;

use crate::environment::environment;

/// Runs the suite on an empty root.
pub(crate) async fn conforms(storage: &Storage) {
    storage.create().unwrap();
    assert!(storage.exists().unwrap());
    documents(storage).await;
    creates(storage).await;
    listings(storage).await;
    uploads(storage).await;
    ranges(storage).await;
    promises(storage).await;
    assert_eq!(storage.directory("").list().await.unwrap(), [], "everything was removed");
}

async fn documents(storage: &Storage) {
    let directory = storage.directory("documents");
    assert_eq!(directory.read_document("a.json", 10).await.unwrap(), None);
    assert_eq!(directory.size("a.json").await.unwrap(), None);
    for text in ["first", "second"] {
        directory.write_document("a.json", Bytes::from(text)).await.unwrap();
        assert_eq!(directory.read_document("a.json", 10).await.unwrap().unwrap(), text);
    }
    assert_eq!(directory.size("a.json").await.unwrap(), Some(6));
    assert!(directory.read_document("a.json", 5).await.is_err(), "too large");
    directory.write_document("empty", Bytes::new()).await.unwrap();
    assert_eq!(directory.read_document("empty", 10).await.unwrap().unwrap(), "");
    let both = ["a.json", "empty", "missing"].map(str::to_owned);
    directory.delete(both).await.unwrap();
    assert_eq!(directory.read_document("a.json", 10).await.unwrap(), None);
    storage.remove_directory("documents").await.unwrap();
}

async fn creates(storage: &Storage) {
    let directory = storage.directory("creates");
    directory.create_document("a.json", Bytes::from_static(b"mine")).await.unwrap();
    directory.create_document("a.json", Bytes::from_static(b"mine")).await.unwrap();
    let error = directory.create_document("a.json", Bytes::from_static(b"theirs")).await.unwrap_err();
    assert!(is_conflict(&error), "{error:?}");
    assert_eq!(directory.read_document("a.json", 10).await.unwrap().unwrap(), "mine");
    let bytes = |number: usize| Bytes::from(format!("process {number}"));
    let races = (0..8).map(|number| directory.create_document("race.json", bytes(number)));
    let won = futures::future::join_all(races).await.iter().filter(|created| created.is_ok()).count();
    assert_eq!(won, 1);
    directory.delete(["a.json", "race.json"].map(str::to_owned)).await.unwrap();
    storage.remove_directory("creates").await.unwrap();
}

async fn listings(storage: &Storage) {
    let files = ["one/x/a.json", "one/y/b.json", "one/c.json", "one-two/a.json", "one%2Ftwo/a.json"];
    let root = storage.directory("");
    for file in files {
        root.write_document(file, Bytes::from_static(b"x")).await.unwrap();
    }
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let mut found = storage.subdirectories("").await.unwrap();
    // SeaweedFS keeps directories that have become empty for a while.
    found.retain(|name| name.starts_with("one"));
    assert_eq!(sorted(found), ["one", "one%2Ftwo", "one-two"]);
    assert_eq!(sorted(storage.subdirectories("one").await.unwrap()), ["x", "y"]);
    assert_eq!(storage.subdirectories("missing").await.unwrap(), Vec::<String>::new());
    let one = storage.directory("one").list().await.unwrap();
    assert_eq!(sorted(one.into_iter().map(|(file, _)| file).collect()), ["c.json", "x/a.json", "y/b.json"]);
    assert_eq!(storage.directory("missing").list().await.unwrap(), []);
    root.delete(files.map(str::to_owned)).await.unwrap();
    for directory in ["one", "one-two", "one%2Ftwo"] {
        storage.remove_directory(directory).await.unwrap();
    }
}

async fn uploads(storage: &Storage) {
    let directory = storage.directory("uploads");
    let abandoned = AbandonedUploads::default();
    // S3 accepts parts of 5 MiB or more.
    let part = Bytes::from(vec![7; 5 << 20]);
    for parts in 1..=2 {
        let mut upload = directory.upload("complete", &abandoned).await.unwrap();
        for _ in 0..parts {
            upload.put(part.clone()).await.unwrap();
        }
        upload.complete().await.unwrap();
        assert_eq!(directory.size("complete").await.unwrap(), Some(parts * part.len() as u64));
    }
    for settled in [true, false] {
        let mut upload = directory.upload("given-up", &abandoned).await.unwrap();
        upload.put(part.clone()).await.unwrap();
        upload.put(part.clone()).await.unwrap();
        assert_eq!(directory.size("given-up").await.unwrap(), None, "visible before its end");
        if settled {
            upload.abort().await;
        } else {
            drop(upload);
            abandoned.settle().await;
        }
        assert_eq!(directory.size("given-up").await.unwrap(), None);
        assert_eq!(storage.open_uploads("uploads").await.unwrap(), Vec::<String>::new());
    }
    directory.delete(["complete".to_owned()]).await.unwrap();
    storage.remove_directory("uploads").await.unwrap();
}

async fn ranges(storage: &Storage) {
    let directory = storage.directory("ranges");
    let all: Vec<u8> = (0..=255).cycle().take(9 << 20).collect();
    directory.write_document("file", Bytes::from(all.clone())).await.unwrap();
    let path = directory.object("file").unwrap();
    for (start, end) in [(0, 9 << 20), (1, 2), ((4 << 20) - 1, (4 << 20) + 1), ((9 << 20) - 1, 9 << 20)] {
        let window = Window::get(&directory, &path, start..end, BufferPool::new(1 << 20)).await.unwrap();
        let mut bytes = Vec::new();
        window.for_each_piece(|piece| bytes.extend_from_slice(piece)).unwrap();
        let expected = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
        assert!(bytes == all[expected], "{start}..{end}");
    }
    directory.delete(["file".to_owned()]).await.unwrap();
    storage.remove_directory("ranges").await.unwrap();
}

async fn promises(storage: &Storage) {
    let report = storage.probe(&environment(), ProbeExtent::All).await.unwrap();
    for check in report.checks {
        assert!(matches!(check.outcome, Outcome::Kept | Outcome::Skipped(_)), "{check:?}");
    }
}

/// Runs the suite below the URL in `MILVUS_BR_TEST_ROOT`, with the options of the environment.
#[tokio::test]
async fn a_service_conforms() {
    let Ok(root) = std::env::var("MILVUS_BR_TEST_ROOT") else {
        println!("skipped: MILVUS_BR_TEST_ROOT names no service");
        return;
    };
    let options = StoreOptions::default().with_environment(std::env::vars());
    conforms(&Storage::open_with(&format!("{root}/{}", std::process::id()), &options).unwrap()).await;
}

#[tokio::test]
async fn a_store_in_memory_conforms() {
    conforms(&Storage::from_store(Arc::new(InMemory::new()), "memory")).await;
}

#[tokio::test]
async fn a_directory_conforms() {
    let root = tempfile::tempdir().unwrap();
    conforms(&Storage::open(root.path().to_str().unwrap()).unwrap()).await;
}
