//! What dead operations left: what is removed, what is not, and why.

use milvus_backup_core::{Catalog, CollectionName, Interrupt, RestoreParams};
use milvus_backup_engine::{Orphan, OrphanKind};
use milvus_backup_testkit::fakes::faults::{Fault, Faults, Gate, Point};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};

use crate::world::{World, bury, with};

/// A restore that died at a call to Milvus, in place of the collection or beside it.
async fn died(world: &World, target: &str, point: Point) {
    let films: CollectionName = "films".parse().unwrap();
    let id = world.backed_up(&films, "b").await;
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(point, Fault::hang(&gate));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let params = with(RestoreParams::to(target.parse().unwrap()), |params| params.drop_existing = target == "films");
    let collection = world.reference(&films);
    tokio::select! {
        restored = Box::pin(manager.restore_backup(&collection, &id, &params)) => panic!("{restored:?}"),
        () = gate.reached() => {}
    }
    bury(world).await;
}

async fn pruned(world: &World, dry_run: bool) -> Orphan {
    let [leftover] = world.manager.prune_staging_collections(dry_run).await.unwrap().try_into().unwrap();
    assert_eq!((leftover.kind, leftover.size_bytes), (OrphanKind::Collection, 0));
    leftover
}

#[tokio::test]
async fn a_dry_run_says_what_the_run_removes() {
    let (world, _) = World::with_films().await;
    died(&world, "copy", Point::call("insert")).await;
    assert!(world.reopened().has_staging_collections().await.unwrap());
    let dry = pruned(&world, true).await;
    assert!(dry.removed && dry.reason == "its process has exited", "{dry:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap().len(), 2);
    assert_eq!(pruned(&world, false).await, dry);
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    assert!(!world.reopened().has_staging_collections().await.unwrap());
    world.assert_tidy().await;
}

#[tokio::test]
async fn what_the_removal_means_for_the_replaced_collection_is_told() {
    for (point, told) in [
        (Point::call("rename_collection").nth(1), "is renamed back to `films`"),
        (Point::call("drop_collection"), "`films` is restored"),
    ] {
        let (world, _) = World::with_films().await;
        died(&world, "films", point).await;
        let dry = pruned(&world, true).await;
        assert!(dry.removed && dry.reason.contains(told), "{dry:?}");
        assert_eq!(pruned(&world, false).await, dry);
        assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    }
}

#[tokio::test]
async fn a_name_that_was_taken_meanwhile_is_left_to_people() {
    let (world, films) = World::with_films().await;
    died(&world, "films", Point::call("rename_collection").nth(1)).await;
    world.milvus.create_collection(&films, &samples::schema()).await.unwrap();
    let left = pruned(&world, false).await;
    assert!(!left.removed && left.reason.contains("was created meanwhile"), "{left:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_next_restore_gives_the_name_back_first() {
    let (world, films) = World::with_films().await;
    let rows = world.texts(&films, "_default");
    died(&world, "films", Point::call("rename_collection").nth(1)).await;
    assert!(!world.milvus.has_collection(&films).await.unwrap());
    let [backup] = world.manager.list_backups(None).await.unwrap().backups.try_into().unwrap();
    let refused =
        world.manager.restore_backup(&world.reference(&films), &backup.backup_id, &RestoreParams::default()).await;
    assert!(matches!(refused, Err(milvus_backup_core::Error::TargetExists { .. })), "{refused:?}");
    assert!(world.warnings.all().iter().any(|one| one.contains("was renamed back")), "{:?}", world.warnings);
    assert_eq!(world.texts(&films, "_default"), rows);
}

#[tokio::test]
async fn what_is_on_another_server_stays() {
    let (world, _) = World::with_films().await;
    died(&world, "copy", Point::call("insert")).await;
    let other = InMemoryMilvus::in_database(ServerModel::milvus_2_3(), "other");
    let [left] = world.elsewhere(&other).prune_staging_collections(false).await.unwrap().try_into().unwrap();
    assert!(!left.removed && left.reason.contains("it is in database `default`"), "{left:?}");
}

#[tokio::test]
async fn what_was_filled_under_its_own_name_is_left_to_people() {
    let world = World::new(ServerModel::lite_2());
    world.filled("films").await;
    died(&world, "copy", Point::call("insert")).await;
    let left = pruned(&world, false).await;
    assert!(!left.removed && left.reason.contains("drop it manually"), "{left:?}");
    let [backup] = world.manager.list_backups(None).await.unwrap().backups.try_into().unwrap();
    let params = RestoreParams::to("copy".parse().unwrap());
    let refused =
        world.manager.restore_backup(&backup.collection().unwrap(), &backup.backup_id, &params).await.unwrap_err();
    assert!(refused.to_string().contains("is incomplete"), "{refused}");
}

#[tokio::test]
async fn what_a_running_process_fills_stays() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(Point::call("insert"), Fault::hang(&gate));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let (collection, params) = (world.reference(&films), RestoreParams::to("copy".parse().unwrap()));
    let restore = Box::pin(manager.restore_backup(&collection, &id, &params));
    let prune = async {
        gate.reached().await;
        let left = pruned(&world, false).await;
        assert!(!left.removed && left.reason == "in progress", "{left:?}");
        gate.open();
    };
    let (restored, ()) = futures::join!(restore, prune);
    restored.unwrap();
    world.assert_tidy().await;
}

/// A killed create leaves an alias where the server has no numbers of collections.
#[tokio::test]
async fn marks_of_operations_that_died_long_ago_are_removed() {
    let world = World::new(ServerModel::lite_3());
    let films = world.filled("films").await;
    for mark in ["milvus_br_pin_20261101T000000Z_00000001", "milvus_br_pin_20261125T110000Z_00000001"] {
        world.milvus.create_alias(&films, mark).await.unwrap();
    }
    world.backed_up(&films, "b").await;
    let marks = world.milvus.list_marks(&films).await.unwrap();
    assert_eq!(marks, ["milvus_br_pin_20261125T110000Z_00000001".parse().unwrap()], "it may be of one that runs");
}
