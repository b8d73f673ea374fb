//! Copies of backups in another repository.

use std::time::Duration;

use milvus_backup_core::{
    BackupId, Clock, CollectionRef, CopyParams, Error, Operation, Repository, VerificationParams,
};
use milvus_backup_engine::BackupRepository;

use crate::world::World;

/// A repository with two backups, an empty one, and the collection of both.
struct Two {
    here: World,
    there: World,
    collection: CollectionRef,
    ids: Vec<BackupId>,
}

impl Two {
    async fn new() -> Self {
        let (here, films) = World::with_films().await;
        let ids = vec![here.backed_up(&films, "a").await, here.backed_up(&films, "b").await];
        let there = World::new(milvus_backup_testkit::fakes::ServerModel::milvus_2_3());
        Self { collection: here.reference(&films), here, there, ids }
    }

    fn source(&self) -> BackupRepository {
        self.here.reopened()
    }

    async fn copy(&self, params: &CopyParams) -> milvus_backup_core::Result<milvus_backup_core::CopyResult> {
        self.source().copy_backup(&self.collection, &self.ids[0], &self.there.reopened(), params).await
    }

    /// The path of a file of the first backup.
    fn file(&self, name: &str) -> String {
        format!("films/{}/{name}", self.ids[0])
    }
}

#[tokio::test]
async fn a_copy_is_equal_byte_for_byte_and_verifies() {
    let two = Two::new().await;
    let copied = two.copy(&CopyParams::default()).await.unwrap();
    assert!(copied.success && !copied.already_present && copied.files_resumed == 0, "{copied:?}");
    let files = two.there.files().await;
    assert_eq!(files.len() as u64, copied.files_copied);
    let mut bytes = 0;
    for file in &files {
        let content = two.there.read(file).await;
        assert!(content == two.here.read(file).await, "{file}");
        bytes += content.len() as u64;
    }
    assert_eq!(copied.bytes_copied, bytes);
    let destination = two.there.reopened();
    let verified = destination.verify_backup(&two.collection, &two.ids[0], &VerificationParams::checksum()).await;
    assert!(verified.unwrap().success);
    two.there.assert_tidy().await;
}

#[tokio::test]
async fn a_second_copy_moves_nothing_and_a_different_backup_is_not_replaced() {
    let two = Two::new().await;
    two.copy(&CopyParams::default()).await.unwrap();
    let before = two.there.files().await;
    let again = two.copy(&CopyParams::default()).await.unwrap();
    assert!(again.success && again.already_present && again.bytes_copied == 0, "{again:?}");
    assert_eq!(two.there.files().await, before);
    let other = two.file("metadata.json");
    two.there.write(&other, b"{}\n".to_vec()).await;
    let refused = two.copy(&CopyParams::default()).await;
    assert!(
        matches!(&refused, Err(Error::Refused { reason, .. }) if reason.contains(two.ids[0].as_str())),
        "{refused:?}"
    );
    assert_eq!(two.there.read(&other).await, b"{}\n");
}

#[tokio::test]
async fn files_of_an_earlier_attempt_are_used_if_they_are_whole() {
    let two = Two::new().await;
    let (whole, damaged, foreign) =
        (two.file("schema.json"), two.file("manifest.json"), two.file("data/other.parquet"));
    two.there.write(&whole, two.here.read(&whole).await).await;
    let mut bytes = two.here.read(&damaged).await;
    bytes[0] ^= 1;
    two.there.write(&damaged, bytes).await;
    two.there.write(&foreign, b"left".to_vec()).await;
    let copied = two.copy(&CopyParams::default()).await.unwrap();
    assert_eq!(copied.files_resumed, 1, "{copied:?}");
    assert!(two.there.read(&damaged).await == two.here.read(&damaged).await);
    assert!(!two.there.files().await.contains(&foreign));
}

#[tokio::test]
async fn damage_in_the_source_is_named_and_nothing_is_committed() {
    for (name, change) in [("data/%5Fdefault.parquet", 4), ("schema.json", 10), ("checksums.json", 20)] {
        let two = Two::new().await;
        let mut bytes = two.here.read(&two.file(name)).await;
        bytes[change] ^= 1;
        two.here.write(&two.file(name), bytes).await;
        let failed = two.copy(&CopyParams::default()).await;
        let named = |files: &[String]| files.iter().any(|file| file == name);
        assert!(matches!(&failed, Err(Error::Corrupted { failed_files, .. }) if named(failed_files)), "{failed:?}");
        assert!(!two.there.files().await.contains(&two.file(name)), "{name}");
        assert_eq!(two.there.reopened().list_backups(None).await.unwrap().backups.len(), 0);
        two.there.assert_tidy().await;
    }
}

#[tokio::test]
async fn the_destination_is_leased_and_the_source_is_only_read() {
    let two = Two::new().await;
    let lease = Repository::lease(&two.there.repository, &two.collection, Operation::Create, &two.there.environment);
    let lease = lease.await.unwrap();
    let refused = two.copy(&CopyParams::default()).await;
    assert!(matches!(refused, Err(Error::InProgress { .. })), "{refused:?}");
    lease.release().await;
    let before = two.here.files().await;
    let held = Repository::lease(&two.here.repository, &two.collection, Operation::Create, &two.here.environment);
    let held = held.await.unwrap();
    two.copy(&CopyParams::default()).await.unwrap();
    held.release().await;
    assert_eq!(two.here.files().await, before);
}

#[tokio::test]
async fn several_are_copied_although_one_is_damaged() {
    let two = Two::new().await;
    let schema = two.file("schema.json");
    two.here.write(&schema, b"{}".to_vec()).await;
    let all: Vec<_> = two.ids.iter().map(|id| (two.collection.clone(), id.clone())).collect();
    let mut outcomes = Vec::new();
    let (source, destination) = (two.source(), two.there.reopened());
    let report = |_: &CollectionRef, id: &BackupId, outcome: milvus_backup_core::Result<_>| {
        outcomes.push((id.clone(), outcome.is_ok()));
    };
    source.copy_backups(&all, &destination, &CopyParams::default(), report).await;
    assert_eq!(outcomes, [(two.ids[0].clone(), false), (two.ids[1].clone(), true)]);
    let listed = destination.list_backups(None).await.unwrap().backups;
    assert_eq!(listed.iter().map(|backup| &backup.backup_id).collect::<Vec<_>>(), [&two.ids[1]]);
}

#[tokio::test]
async fn a_limited_copy_takes_its_time() {
    let two = Two::new().await;
    let size = two.copy(&CopyParams::default()).await.unwrap().bytes_copied;
    two.there.reopened().delete_backup(&two.collection, &two.ids[0]).await.unwrap();
    // Every wait of a small file is short enough to pass at once on this clock.
    let destination = two.there.clock.elapsed();
    two.copy(&CopyParams::default().with_bandwidth(size)).await.unwrap();
    let took = two.there.clock.elapsed().saturating_sub(destination);
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(2), "{took:?} for a second's worth");
}
