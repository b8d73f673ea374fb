//! Create, list, verify and restore, on every kind of server.

use milvus_backup_core::{BackupParams, Catalog, RestoreParams, VerificationParams};
use milvus_backup_testkit::fakes::ServerModel;

use crate::world::{World, with};

async fn round_trip(model: ServerModel) {
    let world = World::new(model.clone());
    let (milvus, manager) = (&world.milvus, &world.manager);
    let films = world.filled("films").await;
    let before = milvus.describe_collection(&films).await.unwrap();
    let rows = if model.capabilities.partitions { 50 } else { 30 };

    let created = manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert!(created.success);
    assert_eq!(created.row_count, rows);
    let listing = manager.list_backups(None).await.unwrap();
    let [listed] = listing.backups.as_slice() else { panic!("{listing:?}") };
    assert_eq!(listed.backup_id.to_string(), created.backup_id);
    assert_eq!((listed.row_count, listed.partition_names.clone()), (rows, before.partitions.clone()));
    let (collection, id) = (world.reference(&films), listed.backup_id.clone());
    let verified = manager.verify_backup(&collection, &id, &VerificationParams::checksum()).await.unwrap();
    assert!(verified.success, "{verified:?}");

    milvus.drop_alias("films_alias");
    let params = with(RestoreParams::to("copy".parse().unwrap()), |params| {
        params.with_aliases = true;
        params.load_after_restore = true;
    });
    let restored = manager.restore_backup(&collection, &id, &params).await.unwrap();
    assert_eq!((restored.rows_restored, restored.indexes_restored), (rows, 1));
    assert_eq!(restored.partitions_restored, before.partitions);
    assert_eq!(restored.not_restored, []);
    let copy = "copy".parse().unwrap();
    let after = milvus.describe_collection(&copy).await.unwrap();
    assert_eq!((after.schema, after.indexes), (before.schema, before.indexes));
    assert_eq!(after.aliases, before.aliases);
    for partition in &before.partitions {
        assert_eq!(milvus.rows(&copy, Some(partition)), milvus.rows(&films, Some(partition)), "{partition}");
    }
    assert_eq!(milvus.list_collections().await.unwrap(), ["copy", "films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn on_milvus_2_3() {
    Box::pin(round_trip(ServerModel::milvus_2_3())).await;
}

#[tokio::test]
async fn on_milvus_2_6() {
    Box::pin(round_trip(ServerModel::milvus_2_6())).await;
}

#[tokio::test]
async fn on_milvus_lite_3() {
    Box::pin(round_trip(ServerModel::lite_3())).await;
}

#[tokio::test]
async fn on_milvus_lite_2() {
    Box::pin(round_trip(ServerModel::lite_2())).await;
}
