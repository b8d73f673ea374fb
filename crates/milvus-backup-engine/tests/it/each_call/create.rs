//! Creates.

use milvus_backup_core::{BackupParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::Scene;
use crate::world::with;

async fn create(model: fn() -> ServerModel, mishaps: &[Mishap], verified: bool) {
    let setup = async || Scene::new(model()).await.released().await;
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let params = with(BackupParams::full(), |params| params.verify_after = Some(verified));
        parts.manager.create_backup(&scene.films, &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await.len();
        if outcome.succeeded() {
            // The one before may be complete, too, if nobody heard of it.
            assert!((1..=2).contains(&listed), "{}: {listed} are listed", outcome.what);
            assert!(!outcome.repeated || scene.leases().await.is_empty(), "{}", outcome.what);
        } else {
            assert!(listed <= 1, "{}: {listed} are listed", outcome.what);
            assert!(listed == 0 || outcome.mishap != Mishap::LeaseLost, "{}", outcome.what);
        }
    };
    Drill { mishaps, prunes: true }.run(setup, operation, check).await;
}

#[tokio::test]
async fn on_milvus() {
    Box::pin(create(ServerModel::milvus_2_3, Mishap::ALL, false)).await;
}

#[tokio::test]
async fn on_milvus_lite() {
    Box::pin(create(ServerModel::lite_3, Mishap::FEW, false)).await;
}

#[tokio::test]
async fn with_a_verification() {
    Box::pin(create(ServerModel::lite_2, &[Mishap::Refused, Mishap::Dropped], true)).await;
}

#[tokio::test]
async fn without_its_lease() {
    Box::pin(create(ServerModel::milvus_2_3, &[Mishap::LeaseLost], true)).await;
}
