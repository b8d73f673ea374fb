//! Restores: to a new name, in place of a collection, and on a server that cannot rename.

use milvus_backup_core::{Catalog, CollectionName, RestoreParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use super::source::Source;
use crate::world::with;

fn copy() -> CollectionName {
    "copy".parse().unwrap()
}

/// A failed restore leaves no collection, and one that is there is whole.
async fn require_whole_or_none(scene: &Scene, outcome: &Outcome) {
    let (world, what) = (&scene.world, &outcome.what);
    let collections = world.milvus.list_collections().await.unwrap();
    if collections == ["films"] {
        assert!(!outcome.succeeded(), "{what}");
        return;
    }
    assert_eq!(collections, ["copy", "films"], "{what}");
    let (films, copy) = (Source::of(world, &scene.films).await, Source::of(world, &copy()).await);
    assert_eq!(copy.texts, films.texts, "{what}");
    assert_eq!(copy.description.indexes, films.description.indexes, "{what}");
}

async fn to_a_new_name(model: ServerModel, mishaps: &[Mishap], change: fn(&mut RestoreParams)) {
    let prepared = Prepared::backups(model, 1).await;
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let mut params = with(RestoreParams::to(copy()), |params| params.verify_before_restore = Some(false));
        change(&mut params);
        // One whose success nobody heard of is made anew.
        params.drop_existing = scene.world.milvus.has_collection(&copy()).await.unwrap();
        parts.manager.restore_backup(&scene.collection(), &prepared.ids[0], &params).await.map(drop)
    };
    Drill { mishaps, prunes: true }.run(async || prepared.scene(), operation, require_whole_or_none).await;
}

#[tokio::test]
async fn on_milvus() {
    let change = |params: &mut RestoreParams| params.load_after_restore = true;
    Box::pin(to_a_new_name(ServerModel::milvus_2_3(), Mishap::ALL, change)).await;
}

#[tokio::test]
async fn on_milvus_lite() {
    Box::pin(to_a_new_name(ServerModel::lite_3(), &[Mishap::Lost, Mishap::Dropped], |_| {})).await;
}

#[tokio::test]
async fn with_a_verification() {
    let change = |params: &mut RestoreParams| params.verify_before_restore = Some(true);
    Box::pin(to_a_new_name(ServerModel::milvus_2_3(), &[Mishap::Refused], change)).await;
}

/// A collection with other rows is replaced, and has its aliases before and after.
async fn in_place(model: ServerModel, mishaps: &[Mishap]) {
    let prepared = Prepared::backups(model, 1).await.changed().await;
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let params = with(RestoreParams::to(scene.films.clone()), |params| {
            params.verify_before_restore = Some(false);
            params.drop_existing = true;
        });
        parts.manager.restore_backup(&scene.collection(), &prepared.ids[0], &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let (world, what) = (&scene.world, &outcome.what);
        let collections = world.milvus.list_collections().await.unwrap();
        let warned = world.warnings.all().iter().any(|warning| warning.contains("the old collection still exists as"));
        assert!(collections == ["films"] || warned, "{what}: {collections:?}");
        let now = Source::of(world, &scene.films).await;
        let rows: Vec<usize> = now.texts.iter().map(Vec::len).collect();
        assert!(rows == [30, 20] || (rows == [40, 20] && !outcome.succeeded()), "{what}: {rows:?}");
        let warned = world.warnings.all().iter().any(|warning| warning.contains("still belongs to"));
        assert!(now.description.aliases == ["films_alias"] || warned, "{what}: {now:?}");
    };
    Drill { mishaps, prunes: true }.run(async || prepared.scene(), operation, check).await;
}

#[tokio::test]
async fn in_place_on_milvus() {
    Box::pin(in_place(ServerModel::milvus_2_3(), &[Mishap::Down, Mishap::Refused, Mishap::Lost, Mishap::Dropped]))
        .await;
}

#[tokio::test]
async fn in_place_on_milvus_lite() {
    Box::pin(in_place(ServerModel::lite_3(), &[Mishap::Lost, Mishap::Dropped])).await;
}

/// A server that cannot rename: the collection is filled under the name that it is to have. What a process leaves that died
/// while it did is known to be incomplete, and is dropped by hand.
#[tokio::test]
async fn where_nothing_can_be_renamed() {
    let prepared = Prepared::backups(ServerModel::lite_2(), 1).await;
    let params = with(RestoreParams::to(copy()), |params| params.verify_before_restore = Some(false));
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        parts.manager.restore_backup(&scene.collection(), &prepared.ids[0], &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let milvus = &scene.world.milvus;
        if outcome.succeeded() || !outcome.is_final() {
            require_whole_or_none(scene, outcome).await;
        }
        if milvus.has_collection(&copy()).await.unwrap() {
            milvus.drop_collection(&copy()).await.unwrap();
        }
    };
    let drill = Drill { mishaps: Mishap::ALL, prunes: true };
    Box::pin(drill.run(async || prepared.scene(), operation, check)).await;
}
