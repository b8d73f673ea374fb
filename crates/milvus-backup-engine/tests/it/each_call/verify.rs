//! Verifications, which leave the backup and Milvus as they are.

use milvus_backup_core::{Catalog, Error, Result, VerificationParams, VerificationType};
use milvus_backup_testkit::fakes::ServerModel;

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};
use crate::world::with;

async fn verify(model: ServerModel, mishaps: &[Mishap], verification_type: VerificationType) {
    let prepared = Prepared::backups(model, 1).await;
    let params = with(VerificationParams::checksum(), |params| params.verification_type = verification_type);
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        let verified = parts.manager.verify_backup(&scene.collection(), &prepared.ids[0], &params).await?;
        // A file that could not be read is not a file that is damaged.
        if verified.success { Ok(()) } else { Err(Error::Protocol { message: format!("{verified:?}") }) }
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        assert_eq!(scene.listed().await, prepared.ids, "{}", outcome.what);
        assert_eq!(scene.world.milvus.list_collections().await.unwrap(), ["films"], "{}", outcome.what);
    };
    Drill { mishaps, prunes: true }.run(async || prepared.scene(), operation, check).await;
}

#[tokio::test]
async fn of_files() {
    Box::pin(verify(ServerModel::milvus_2_3(), Mishap::FEW, VerificationType::Checksum)).await;
}

#[tokio::test]
async fn of_samples() {
    Box::pin(verify(ServerModel::milvus_2_3(), &[Mishap::Refused], VerificationType::Quick)).await;
}

#[tokio::test]
async fn by_a_restore_on_milvus() {
    Box::pin(verify(ServerModel::milvus_2_3(), &[Mishap::Refused], VerificationType::Deep)).await;
}

#[tokio::test]
async fn by_a_restore_on_milvus_lite() {
    Box::pin(verify(ServerModel::lite_2(), &[Mishap::Down, Mishap::Dropped], VerificationType::Deep)).await;
}
