//! Verification: of files, and by a restore that is read back.

use futures::executor::block_on;
use milvus_backup_core::{
    Catalog, CollectionName, Error, FindingKind, Interrupt, VerificationParams, VerificationType,
};
use milvus_backup_testkit::fakes::samples;

use crate::world::{World, refusal, with};

fn deep() -> VerificationParams {
    with(VerificationParams::checksum(), |params| params.verification_type = VerificationType::Deep)
}

/// The collection that a deep verification made for itself.
fn temporary(names: &[String]) -> Option<CollectionName> {
    names.iter().find(|name| name.starts_with("milvus_br_verify_")).map(|name| name.parse().unwrap())
}

#[tokio::test]
async fn a_damaged_file_is_named() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let (collection, file) = (world.reference(&films), format!("films/{id}/data/p1.parquet"));
    let mut bytes = world.read(&file).await;
    bytes[40] ^= 1;
    world.write(&file, bytes).await;
    let found = world.manager.verify_backup(&collection, &id, &VerificationParams::checksum()).await.unwrap();
    assert!(!found.success);
    assert_eq!(found.errors.iter().map(|finding| finding.file.as_str()).collect::<Vec<_>>(), ["data/p1.parquet"]);
    // Nothing is restored of it.
    let found = world.manager.verify_backup(&collection, &id, &deep()).await.unwrap();
    assert!(!found.success);
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_deep_verification_of_a_good_backup_leaves_no_collection() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let found = world.manager.verify_backup(&world.reference(&films), &id, &deep()).await.unwrap();
    assert!(found.success, "{found:?}");
    assert_eq!(found.warnings, Vec::<String>::new());
    assert_eq!(found.compared.len(), 5, "{:?}", found.compared);
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_deep_verification_finds_a_row_that_came_back_changed() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    world.milvus.on("load_collection", |_, milvus| {
        let restored = temporary(&block_on(milvus.list_collections()).unwrap()).unwrap();
        let changed = samples::rows(&samples::schema(), [7], "changed");
        milvus.upsert(&restored, None, &changed).map(drop)
    });
    let found = world.manager.verify_backup(&world.reference(&films), &id, &deep()).await.unwrap();
    assert!(!found.success);
    let [finding] = found.errors.as_slice() else { panic!("{found:?}") };
    assert_eq!((finding.kind, finding.file.as_str()), (FindingKind::Differs, "data/%5Fdefault.parquet"));
    assert!(finding.expected.starts_with("30 rows") && finding.actual.starts_with("30 rows"), "{finding:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_live_collection_that_changed_is_a_warning() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    world.milvus.upsert(&films, Some("p1"), &samples::rows(&samples::schema(), [101], "changed")).unwrap();
    let found = world.manager.verify_backup(&world.reference(&films), &id, &deep()).await.unwrap();
    assert!(found.success, "{found:?}");
    assert!(matches!(found.warnings.as_slice(), [one] if one.contains("`p1`")), "{:?}", found.warnings);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_deep_verification_that_fails_leaves_no_collection() {
    for call in ["load_collection", "read", "open", "insert", "create_index"] {
        let (world, films) = World::with_films().await;
        let id = world.backed_up(&films, "b").await;
        world.milvus.on(call, move |_, _| Err(refusal(call)));
        let failed = world.manager.verify_backup(&world.reference(&films), &id, &deep()).await;
        assert!(failed.is_err(), "{call}: {failed:?}");
        world.milvus.forget_hooks();
        assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"], "{call}");
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn a_deep_verification_that_is_interrupted_leaves_no_scan_and_no_collection() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let (handle, interrupt) = Interrupt::new();
    let mut handle = Some(handle);
    world.milvus.on("read", move |_, _| {
        if let Some(handle) = handle.take() {
            handle.request();
        }
        Ok(())
    });
    let manager = world.interruptible(interrupt);
    let ended = manager.verify_backup(&world.reference(&films), &id, &deep()).await;
    assert!(matches!(ended, Err(Error::Interrupted)), "{ended:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}
