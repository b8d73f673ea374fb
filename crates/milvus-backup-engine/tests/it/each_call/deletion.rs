//! Deletions of backups that are complete.

use milvus_backup_core::{Error, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::deletion::KEEP_ONE;

#[tokio::test]
async fn of_one() {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 2).await;
    let [doomed, kept] = [&prepared.ids[0], &prepared.ids[1]];
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        match parts.manager.delete_backup(&scene.collection(), doomed).await {
            // It was deleted, and nobody heard of it.
            Err(Error::BackupNotFound { .. }) if !scene.listed().await.contains(doomed) => Ok(()),
            outcome => outcome,
        }
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await;
        assert!(listed.contains(kept), "{}", outcome.what);
        assert!(!outcome.succeeded() || listed.len() == 1, "{}: it is there", outcome.what);
    };
    let mishaps = [Mishap::ALL, &[Mishap::LeaseLost]].concat();
    let drill = Drill { mishaps: &mishaps, prunes: true };
    Box::pin(drill.run(async || prepared.scene(), operation, check)).await;
}

#[tokio::test]
async fn by_rules() {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 3).await;
    let operation = async |_: &Scene, parts: &Parts| -> Result<()> {
        parts.manager.apply_retention_policy(None, &KEEP_ONE, false).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await;
        assert_eq!(listed.last(), prepared.ids.last(), "{}", outcome.what);
        assert!(!outcome.succeeded() || listed.len() == 1, "{}: {listed:?}", outcome.what);
    };
    let drill = Drill { mishaps: &[Mishap::Lost, Mishap::Dropped, Mishap::LeaseLost], prunes: true };
    Box::pin(drill.run(async || prepared.scene(), operation, check)).await;
}
