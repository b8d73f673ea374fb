//! Creates by a program that writes the files itself.

use std::sync::Arc;

use milvus_backup_core::{BackupParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::program::{Program, Reader};
use crate::world::with;

async fn create(mishaps: &[Mishap]) {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 0).await;
    let setup = async || prepared.scene();
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let params = with(BackupParams::full(), |params| params.verify_after = Some(false));
        let manager = parts.manager.clone().with_physical(Reader::of(&scene.world));
        let manager = manager.with_backend(Arc::new(Program::of(&scene.world)));
        manager.create_backup(&scene.films, &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await.len();
        if outcome.succeeded() {
            assert!((1..=2).contains(&listed), "{}: {listed} are listed", outcome.what);
        } else {
            assert!(listed <= 1, "{}: {listed} are listed", outcome.what);
            assert!(listed == 0 || outcome.mishap != Mishap::LeaseLost, "{}", outcome.what);
        }
    };
    Box::pin(Drill { mishaps, prunes: true }.run(setup, operation, check)).await;
}

#[tokio::test]
async fn nothing_is_half() {
    Box::pin(create(&[Mishap::Refused, Mishap::Lost, Mishap::Dropped, Mishap::Interrupted])).await;
}

#[tokio::test]
async fn without_its_lease() {
    Box::pin(create(&[Mishap::LeaseLost])).await;
}
