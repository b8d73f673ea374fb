//! What a client sees of each disturbance.

use std::time::{Duration, Instant};

use milvus_backup_testkit::{Disturbance, FaultProxy, SeenRequest, StoreKind, StoreRoot, shared_store};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::opened::opened;

fn behind_proxy(kind: StoreKind) -> (FaultProxy, StoreRoot) {
    let root = shared_store(kind).unwrap().root().unwrap();
    let proxy = FaultProxy::before(root.endpoint());
    let through = root.through(&proxy.uri());
    (proxy, through)
}

fn once(disturbance: Disturbance) -> impl FnMut(&SeenRequest, usize) -> Option<Disturbance> {
    move |_, before| (before == 0).then_some(disturbance)
}

const BODY: &[u8] = &[7; 40_000];

#[tokio::test(flavor = "multi_thread")]
async fn a_calm_one_passes_everything_on() {
    let (proxy, root) = behind_proxy(StoreKind::SeaweedFs);
    let store = opened(&root, 0);
    let path = Path::from("a b/ü.bin");
    store.put(&path, BODY.into()).await.unwrap();
    assert_eq!(store.head(&path).await.unwrap().size, 40_000);
    assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), BODY);
    assert_eq!(store.get_range(&path, 10..20).await.unwrap(), &BODY[10..20]);
    assert_eq!(store.list_with_delimiter(None).await.unwrap().common_prefixes.len(), 1);
    store.delete(&path).await.unwrap();
    assert!(store.get(&path).await.is_err());
    let methods: Vec<String> = proxy.take_requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["PUT", "HEAD", "GET", "GET", "GET", "POST", "GET"].map(str::to_owned));
    assert_eq!(proxy.take_requests(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejections_reach_the_client_and_not_the_store() {
    let (proxy, root) = behind_proxy(StoreKind::SeaweedFs);
    let path = Path::from("a");
    for disturbance in [Disturbance::UNAVAILABLE, Disturbance::INTERNAL, Disturbance::SLOW_DOWN, Disturbance::TOO_MANY]
    {
        proxy.disturb(once(disturbance));
        assert!(opened(&root, 0).put(&path, BODY.into()).await.is_err(), "{disturbance:?}");
        assert_eq!(root.list().unwrap(), [], "{disturbance:?}");
        proxy.disturb(once(disturbance));
        opened(&root, 1).put(&path, BODY.into()).await.unwrap();
        root.remove("a").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut() {
    let (proxy, root) = behind_proxy(StoreKind::SeaweedFs);
    let (store, path) = (opened(&root, 0), Path::from("a"));
    proxy.disturb(once(Disturbance::CutRequest));
    assert!(store.put(&path, BODY.into()).await.is_err());
    assert_eq!(root.list().unwrap(), []);
    proxy.disturb(once(Disturbance::LoseResponse));
    assert!(store.put(&path, BODY.into()).await.is_err());
    assert_eq!(root.read("a").unwrap(), BODY, "it was carried out");
    proxy.disturb(once(Disturbance::CutResponse));
    let cut = store.get(&path).await.unwrap().bytes().await;
    assert!(cut.is_err(), "{cut:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_truncated() {
    let (proxy, root) = behind_proxy(StoreKind::Moto);
    let (store, path) = (opened(&root, 0), Path::from("a"));
    proxy.disturb(once(Disturbance::TruncateRequest));
    // moto checks no signature, and so takes it for all.
    store.put(&path, BODY.into()).await.unwrap();
    assert_eq!(root.read("a").unwrap().len(), BODY.len() / 2);
    root.write("a", BODY).unwrap();
    proxy.disturb(once(Disturbance::TruncateResponse));
    assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap().len(), BODY.len() / 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_link() {
    let (proxy, root) = behind_proxy(StoreKind::Moto);
    let (store, path) = (opened(&root, 0), Path::from("a"));
    proxy.delay(Duration::from_millis(150));
    proxy.limit(200_000);
    let started = Instant::now();
    store.put(&path, BODY.into()).await.unwrap();
    let slow = started.elapsed();
    assert!(slow >= Duration::from_millis(350), "{slow:?}");
    store.get(&path).await.unwrap().bytes().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(700), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_that_are_ignored() {
    let (proxy, root) = behind_proxy(StoreKind::Moto);
    let (store, path) = (opened(&root, 0), Path::from("a"));
    let create = || PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    store.put_opts(&path, b"1"[..].into(), create()).await.unwrap();
    store.put_opts(&path, b"2"[..].into(), create()).await.unwrap_err();
    proxy.ignore_conditions();
    store.put_opts(&path, b"3"[..].into(), create()).await.unwrap();
    assert_eq!(root.read("a").unwrap(), b"3");
}
