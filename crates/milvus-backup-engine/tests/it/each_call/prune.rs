//! The removal of what dead operations left.

use milvus_backup_core::{Catalog, Interrupt, RestoreParams, Result};
use milvus_backup_testkit::fakes::ServerModel;
use milvus_backup_testkit::fakes::faults::{Fault, Faults, Gate, Point};

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::world::{bury, with};

#[tokio::test]
async fn of_an_incomplete_backup() {
    let prepared = Prepared::interrupted(ServerModel::milvus_2_3()).await;
    let operation = async |_: &Scene, parts: &Parts| -> Result<()> {
        parts.repository.prune_incomplete_backups(false).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        assert!(scene.listed().await.is_empty(), "{}", outcome.what);
        if outcome.succeeded() && outcome.mishap != Mishap::LeaseLost {
            scene.require_nothing_for_good(outcome).await;
        }
    };
    let mishaps = [Mishap::ALL, &[Mishap::LeaseLost]].concat();
    let drill = Drill { mishaps: &mishaps, prunes: false };
    Box::pin(drill.run(async || prepared.scene(), operation, check)).await;
}

/// A restore in place of a collection that died at a call to Milvus.
async fn abandoned(prepared: &Prepared, point: Point) -> Scene {
    let scene = prepared.scene();
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(point, Fault::hang(&gate));
    let (manager, _) = scene.world.faulty(&faults, Interrupt::never());
    let params = with(RestoreParams::to(scene.films.clone()), |params| {
        params.verify_before_restore = Some(false);
        params.drop_existing = true;
    });
    let (collection, id) = (scene.collection(), &prepared.ids[0]);
    tokio::select! {
        restored = manager.restore_backup(&collection, id, &params) => panic!("{restored:?}"),
        () = gate.reached() => {}
    }
    bury(&scene.world).await;
    scene
}

/// Prunes after a restore that died, and expects so many rows by partition in the end.
async fn of_a_collection(point: Point, rows: [usize; 2]) {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 1).await.changed().await;
    let operation = async |_: &Scene, parts: &Parts| -> Result<()> {
        parts.manager.prune_staging_collections(false).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let what = &outcome.what;
        if outcome.succeeded() {
            assert_eq!(scene.world.milvus.list_collections().await.unwrap(), ["films"], "{what}");
            let now = scene.now().await.unwrap();
            assert_eq!(now.texts.iter().map(Vec::len).collect::<Vec<_>>(), rows, "{what}");
            assert_eq!(now.description.aliases, ["films_alias"], "{what}");
        }
    };
    let drill = Drill { mishaps: &[Mishap::Refused, Mishap::Lost, Mishap::Dropped], prunes: false };
    Box::pin(drill.run(async || abandoned(&prepared, point.clone()).await, operation, check)).await;
}

#[tokio::test]
async fn of_a_collection_that_was_being_filled() {
    of_a_collection(Point::call("insert").nth(1), [40, 20]).await;
}

#[tokio::test]
async fn of_an_exchange_of_names_that_was_halfway() {
    of_a_collection(Point::call("rename_collection").nth(1), [40, 20]).await;
}

#[tokio::test]
async fn of_an_exchange_of_names_that_was_done() {
    of_a_collection(Point::call("drop_collection"), [30, 20]).await;
}
