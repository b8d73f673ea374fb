//! What holds for every kind of object store.

use std::path::PathBuf;

use futures::future::join_all;
use milvus_backup_testkit::{Credentials, ObjectStoreServer, StoreKind, shared_store};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutResult};

use crate::opened::opened;

#[test]
fn the_client_of_the_vendor_takes_and_returns_objects() {
    for kind in StoreKind::ALL {
        let server = shared_store(kind).unwrap();
        assert_eq!(server.kind(), kind);
        let (root, other) = (server.root().unwrap(), server.root().unwrap());
        assert_eq!(root.list().unwrap(), [], "{kind:?}");
        root.write("films/a.json", b"{}").unwrap();
        root.write("films/é %2F.json", b"\0\n\xff").unwrap();
        let listed = [("films/a.json".to_owned(), 2), ("films/é %2F.json".to_owned(), 3)];
        assert_eq!(root.list().unwrap(), listed, "{kind:?}");
        assert_eq!(root.read("films/é %2F.json").unwrap(), b"\0\n\xff", "{kind:?}");
        assert_eq!(root.uploads().unwrap(), Vec::<String>::new(), "{kind:?}");
        assert_eq!(other.list().unwrap(), [], "{kind:?}: roots do not meet");
        root.remove("films/a.json").unwrap();
        assert_eq!(root.list().unwrap(), listed[1..], "{kind:?}");
        let error = root.read("films/a.json").unwrap_err().to_string();
        assert!(error.contains("get testkit-"), "{kind:?}: {error}");
    }
}

#[test]
fn nothing_is_left_after_a_drop() {
    for kind in StoreKind::ALL {
        let server = ObjectStoreServer::start(kind).unwrap();
        let processes: Vec<_> = server.pids().iter().map(|pid| PathBuf::from(format!("/proc/{pid}"))).collect();
        assert!(!processes.is_empty() && processes.iter().all(|process| process.is_dir()), "{kind:?}");
        drop(server);
        assert!(!processes.iter().any(|process| process.is_dir()), "{kind:?}");
    }
}

async fn create(store: &dyn ObjectStore, name: &str, bytes: &'static [u8]) -> Result<PutResult, Error> {
    let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    store.put_opts(&Path::from(name), bytes.into(), options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_that_create_an_object_one_does() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Moto] {
        let root = shared_store(kind).unwrap().root().unwrap();
        let stores: Vec<_> = (0..8).map(|_| opened(&root, 0)).collect();
        let outcomes = join_all(stores.iter().map(|store| create(store, "lease.json", b"mine"))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{kind:?}: {outcomes:?}");
        assert_eq!(root.list().unwrap(), [("lease.json".to_owned(), 4)], "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_not_ended_is_seen() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Moto] {
        let root = shared_store(kind).unwrap().root().unwrap();
        let mut upload = opened(&root, 0).put_multipart(&Path::from("data/half.parquet")).await.unwrap();
        upload.put_part(vec![1; 5 << 20].into()).await.unwrap();
        assert_eq!(root.uploads().unwrap(), ["data/half.parquet"], "{kind:?}");
        assert_eq!(root.list().unwrap(), [], "{kind:?}");
        upload.abort().await.unwrap();
        assert_eq!(root.uploads().unwrap(), Vec::<String>::new(), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_cannot_write_and_a_wrong_secret_can_nothing() {
    let server = shared_store(StoreKind::SeaweedFs).unwrap();
    let root = server.root().unwrap();
    root.write("a", b"x").unwrap();
    let path = Path::from("a");
    let reader = opened(&server.root_with(&root, Credentials::ReadOnly).unwrap(), 0);
    reader.get(&path).await.unwrap();
    let refused = create(&reader, "b", b"").await.unwrap_err();
    assert!(matches!(refused, Error::PermissionDenied { .. }), "{refused:?}");
    reader.delete(&path).await.unwrap_err();
    let stranger = opened(&server.root_with(&root, Credentials::Wrong).unwrap(), 0);
    assert!(matches!(stranger.get(&path).await.unwrap_err(), Error::PermissionDenied { .. }));
    assert_eq!(root.list().unwrap(), [("a".to_owned(), 1)]);
}
