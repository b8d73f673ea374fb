//! Creates.

use milvus_backup_core::{BackupParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::world::with;

/// A server that cannot be reached once is as one whose response is lost.
const MISHAPS: &[Mishap] = &[Mishap::Refused, Mishap::Lost, Mishap::Down, Mishap::Dropped, Mishap::Interrupted];

async fn create(model: ServerModel, mishaps: &[Mishap], verified: bool) {
    let prepared = Prepared::backups(model, 0).await.released().await;
    let setup = async || prepared.scene();
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
    Box::pin(Drill { mishaps, prunes: true }.run(setup, operation, check)).await;
}

#[tokio::test]
async fn on_milvus() {
    Box::pin(create(ServerModel::milvus_2_3(), MISHAPS, false)).await;
}

#[tokio::test]
async fn on_milvus_lite() {
    Box::pin(create(ServerModel::lite_3(), &[Mishap::Lost], false)).await;
}

#[tokio::test]
async fn with_a_verification() {
    Box::pin(create(ServerModel::lite_2(), &[Mishap::Refused], true)).await;
}

#[tokio::test]
async fn without_its_lease() {
    Box::pin(create(ServerModel::milvus_2_3(), &[Mishap::LeaseLost], true)).await;
}
