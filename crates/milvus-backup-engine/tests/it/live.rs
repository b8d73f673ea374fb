//! A deep verification compares with the collection that the backup was made of, as far as it can.

use milvus_backup_core::{BackupId, Catalog, CollectionName, VerificationParams, VerificationResult, VerificationType};
use milvus_backup_testkit::fakes::samples;

use crate::world::{World, with};

async fn verified(world: &World, films: &CollectionName, id: &BackupId) -> VerificationResult {
    let deep = with(VerificationParams::checksum(), |params| params.verification_type = VerificationType::Deep);
    let verified = world.manager.verify_backup(&world.reference(films), id, &deep).await.unwrap();
    assert!(verified.success, "{verified:?}");
    verified
}

#[tokio::test]
async fn what_cannot_be_compared_is_told() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let milvus = &world.milvus;
    let told = async |text: &str| {
        let warnings = verified(&world, &films, &id).await.warnings;
        assert!(matches!(warnings.as_slice(), [one] if one.ends_with(text)), "{text}: {warnings:?}");
    };
    milvus.release_collection(&films).await.unwrap();
    told("it is not loaded").await;
    milvus.drop_partition(&films, "p1");
    told("it has other partitions").await;
    milvus.drop_alias("films_alias");
    milvus.drop_collection(&films).await.unwrap();
    told("there is none").await;
    milvus.create_collection(&"movies".parse().unwrap(), &samples::schema()).await.unwrap();
    milvus.create_alias(&"movies".parse().unwrap(), "films").await.unwrap();
    told("it is an alias of another collection").await;
    milvus.drop_alias("films");
    milvus.create_collection(&films, &samples::text_schema()).await.unwrap();
    told("its schema is another").await;
}

#[tokio::test]
async fn a_restored_definition_that_differs_is_a_finding() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    // Nothing is created, and nobody hears of it: the collection is loaded without an index on a server that needs none.
    world.milvus.on("load_collection", |_, milvus| {
        let names = futures::executor::block_on(milvus.list_collections()).unwrap();
        let temporary = names.iter().find(|name| name.starts_with("milvus_br_verify_")).unwrap();
        milvus
            .upsert(&temporary.parse().unwrap(), Some("p1"), &samples::rows(&samples::schema(), [7], "more"))
            .map(drop)
    });
    let deep = with(VerificationParams::checksum(), |params| params.verification_type = VerificationType::Deep);
    let verified = world.manager.verify_backup(&world.reference(&films), &id, &deep).await.unwrap();
    assert!(!verified.success && verified.errors.len() == 1, "{verified:?}");
    assert_eq!(verified.errors[0].file, "data/p1.parquet");
    world.assert_tidy().await;
}
