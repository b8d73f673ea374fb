//! The protection of segments from compaction while they are read.

use milvus_backup_core::{BackupParams, Catalog, Error, Interrupt, RowSink};
use milvus_backup_engine::OrphanKind;
use milvus_backup_testkit::fakes::faults::{Failure, Fault, Faults, Gate, Point};
use milvus_backup_testkit::fakes::{ServerModel, Version, samples};

use crate::world::{World, bury, refusal, with};

fn protecting() -> BackupParams {
    with(BackupParams::full(), |params| params.protect_from_compaction = true)
}

fn model() -> ServerModel {
    ServerModel::milvus(Version::new(3, 0, 2))
}

/// Rows that are deleted and compacted away after the read point are read.
#[tokio::test]
async fn rows_that_are_deleted_meanwhile_are_in_the_backup() {
    let world = World::new(model());
    let films = world.filled("films").await;
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(Point::call("read"), Fault::hang(&gate));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let params = protecting();
    let meanwhile = async {
        gate.reached().await;
        world.milvus.delete(&films, None, &samples::keys(0..10)).unwrap();
        world.milvus.compact(&films);
        assert_eq!(world.milvus.protections().len(), 1);
        gate.open();
    };
    let (created, ()) = futures::join!(manager.create_backup(&films, &params), meanwhile);
    assert_eq!(created.unwrap().row_count, 50);
    assert_eq!(world.milvus.protections(), Vec::<String>::new());
    world.milvus.compact(&films);
    world.milvus.flush(&films).await.unwrap();
    assert_eq!(world.milvus.stored_rows(&films, None).await.unwrap(), 40, "the protection has ended");
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_create_that_fails_or_is_cancelled_ends_the_protection() {
    for point in [Point::call("read"), Point::call("protect_from_compaction")] {
        let world = World::new(model());
        let films = world.filled("films").await;
        let faults = Faults::new();
        faults.inject(point, Fault::fail(Failure::of_milvus(|| refusal("Query"))));
        let (manager, _) = world.faulty(&faults, Interrupt::never());
        manager.create_backup(&films, &protecting()).await.unwrap_err();
        assert_eq!(world.milvus.protections(), Vec::<String>::new());
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn the_protection_of_a_killed_create_is_ended_by_the_clean_up() {
    let world = World::new(model());
    let films = world.filled("films").await;
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(Point::call("read"), Fault::hang(&gate));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let params = protecting();
    tokio::select! {
        created = Box::pin(manager.create_backup(&films, &params)) => panic!("{created:?}"),
        () = gate.reached() => {}
    }
    assert_eq!(world.milvus.protections().len(), 1);
    bury(&world).await;
    for dry_run in [true, false] {
        let [orphan] = world.manager.prune_staging_collections(dry_run).await.unwrap().try_into().unwrap();
        assert!(orphan.kind == OrphanKind::Protection && orphan.removed, "{orphan:?}");
        assert_eq!(world.milvus.protections().len(), usize::from(dry_run));
    }
    assert!(!world.reopened().has_staging_collections().await.unwrap());
    assert!(world.milvus.has_collection(&films).await.unwrap());
}

#[tokio::test]
async fn a_server_without_the_protection_is_refused_and_none_is_asked_for_by_default() {
    let (world, films) = World::with_films().await;
    let refused = world.manager.create_backup(&films, &protecting()).await.unwrap_err();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused}");
    world.assert_tidy().await;
    world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
}
