//! Creates that were cut off, and go on.

use milvus_backup_core::{BackupParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::world::with;

async fn resume(model: ServerModel, mishaps: &[Mishap]) {
    let prepared = Prepared::interrupted(model).await.released().await;
    let id = &prepared.ids[0];
    let setup = async || prepared.scene();
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        // It was complete, and nobody heard of it; or it was taken back.
        if scene.listed().await.contains(id) || scene.world.files().await.is_empty() {
            return Ok(());
        }
        let params = with(BackupParams::full(), |params| params.verify_after = Some(false));
        parts.manager.resume_backup(&scene.collection(), id, &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await;
        let files = scene.world.files().await;
        if files.is_empty() {
            // Without certainty of the lease a commit is taken back with all its files.
            assert!(outcome.is_from("put", "schema.json"), "{}", outcome.what);
        } else if outcome.succeeded() {
            assert_eq!(listed, prepared.ids, "{}", outcome.what);
            scene.require_nothing_for_good(outcome).await;
        } else if listed.is_empty() {
            assert!(files.iter().any(|file| file.contains("/data/")), "{}: {files:?}", outcome.what);
        }
    };
    Drill { mishaps, prunes: false }.run(setup, operation, check).await;
}

#[tokio::test]
async fn on_milvus() {
    Box::pin(resume(ServerModel::milvus_2_3(), Mishap::FEW)).await;
}

#[tokio::test]
async fn on_milvus_lite() {
    Box::pin(resume(ServerModel::lite_3(), &[Mishap::Lost])).await;
}

#[tokio::test]
async fn without_its_lease() {
    Box::pin(resume(ServerModel::milvus_2_3(), &[Mishap::LeaseLost])).await;
}
