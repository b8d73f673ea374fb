//! Copies into a repository with mishaps.

use milvus_backup_core::{CopyParams, Result};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};

#[tokio::test]
async fn into_another_repository() {
    let elsewhere = Prepared::backups(ServerModel::milvus_2_3(), 1).await;
    let source = elsewhere.scene();
    let here = Prepared::backups(ServerModel::milvus_2_3(), 0).await;
    let (id, repository) = (&elsewhere.ids[0], source.world.reopened());
    let original = source.world.files().await;
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let params = CopyParams::default();
        repository.copy_backup(&scene.collection(), id, &parts.repository, &params).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listed = scene.listed().await;
        assert!(!outcome.succeeded() || listed == [id.clone()], "{}: {listed:?}", outcome.what);
        if outcome.repeated {
            let mut files = scene.world.files().await;
            // A note that could not be removed means nothing once there is a commit, and the drill verifies what is listed.
            let aside = ["/locks/", "/unfinished.json", "/verification.json"];
            files.retain(|file| !aside.iter().any(|aside| file.contains(aside)));
            assert_eq!(files, original, "{}", outcome.what);
        }
    };
    let mishaps = [Mishap::ALL, &[Mishap::LeaseLost]].concat();
    for prunes in [false, true] {
        let drill = Drill { mishaps: &mishaps, prunes };
        Box::pin(drill.run(async || here.scene(), operation, check)).await;
    }
}
