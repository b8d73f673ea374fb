//! Backups that are looked for, and those that cannot be read.

use milvus_backup_core::{Error, VerificationParams, VerificationType};
use milvus_backup_engine::FoundBackup;

use crate::world::{World, with};

#[tokio::test]
async fn a_backup_goes_by_its_identifier_its_name_and_as_the_latest() {
    let (world, films) = World::with_films().await;
    let (first, second) = (world.backed_up(&films, "monday").await, world.backed_up(&films, "tuesday").await);
    let repository = world.reopened();
    for (text, id) in [(first.as_str(), &first), ("monday", &first), ("tuesday", &second)] {
        assert_eq!(repository.resolve_backup(text).await.unwrap().id(), id);
    }
    assert_eq!(repository.latest_backup(&world.reference(&films)).await.unwrap().id(), &second);
    let ambiguous = repository.resolve_backup("2026").await;
    assert!(matches!(ambiguous, Err(Error::AmbiguousBackup { .. })), "{ambiguous:?}");
    for unknown in ["sunday", "20200101T000000Z-00000000"] {
        assert!(matches!(repository.resolve_backup(unknown).await, Err(Error::BackupNotFound { .. })));
    }
    let other = world.filled("other").await;
    let none = repository.latest_backup(&world.reference(&other)).await;
    assert!(matches!(none, Err(Error::BackupNotFound { .. })), "{none:?}");
}

#[tokio::test]
async fn a_damaged_backup_is_found_and_says_so() {
    let (world, films) = World::with_films().await;
    let (whole, damaged) = (world.backed_up(&films, "a").await, world.backed_up(&films, "b").await);
    let file = format!("films/{damaged}/metadata.json");
    let mut bytes = world.read(&file).await;
    bytes[60] ^= 1;
    world.write(&file, bytes).await;
    let (repository, collection) = (world.reopened(), world.reference(&films));
    let listing = repository.list_backups(None).await.unwrap();
    assert_eq!((listing.backups.len(), listing.broken.len()), (1, 1));
    let found = repository.resolve_backup(damaged.as_str()).await.unwrap();
    assert_eq!((found.id(), found.collection()), (&damaged, Some(collection.clone())));
    assert!(matches!(found.metadata(), Err(Error::Corrupted { .. })));
    let latest = repository.latest_backup(&collection).await.unwrap();
    assert_eq!(latest.id(), &damaged, "to take the older one would be a silent choice");
    let whole = repository.resolve_backup(whole.as_str()).await.unwrap();
    assert_eq!(whole.collection(), Some(collection.clone()));
    let FoundBackup::Readable(_) = &whole else { panic!("{whole:?}") };
    assert_eq!(whole.metadata().unwrap().backup_name, "a");
    // Retention neither counts nor deletes it.
    let plan = repository.plan_retention(None, &crate::deletion::KEEP_ONE).await.unwrap();
    assert_eq!((plan.broken.len(), plan.dry_run().backups_to_delete), (1, 0));
}

#[tokio::test]
async fn what_takes_a_milvus_is_refused_without() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "a").await;
    let (repository, collection) = (world.reopened(), world.reference(&films));
    let deep = with(VerificationParams::checksum(), |params| params.verification_type = VerificationType::Deep);
    let refused = repository.verify_backup(&collection, &id, &deep).await;
    assert!(matches!(refused, Err(Error::InvalidParameter { .. })), "{refused:?}");
    repository.verify_backup(&collection, &id, &VerificationParams::checksum()).await.unwrap();
    assert!(repository.root_exists().await.unwrap());
    assert_eq!(repository.root(), "memory");
    let stored = repository.get_backup(&collection, &id).await.unwrap();
    assert_eq!(repository.definition(&stored.metadata).await.unwrap().indexes.unwrap().len(), 1);
    assert_eq!(world.manager.get_backup(&collection, &id).await.unwrap().metadata, stored.metadata);
}
