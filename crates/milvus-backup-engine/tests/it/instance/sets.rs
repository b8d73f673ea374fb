//! The records of sets, and what is still there of them.

use milvus_backup_core::{BackupParams, BackupSet, Error};
use milvus_backup_retention::RetentionPolicy;

use super::selection;
use super::selections::created;
use crate::world::World;

/// A set of `films` and `series`.
async fn a_set(world: &World) -> BackupSet {
    let outcome = created(&world.instance(&[]), &selection(&["*"], &[]), BackupParams::full()).await;
    outcome.set.unwrap().unwrap()
}

async fn two_collections() -> World {
    let (world, _) = World::with_films().await;
    world.filled("series").await;
    world
}

#[tokio::test]
async fn a_set_is_deleted_with_its_members() {
    let world = two_collections().await;
    let (old, new) = (a_set(&world).await, a_set(&world).await);
    let repository = world.reopened();
    let listed: Vec<_> = repository.list_sets().await.unwrap().sets.into_iter().map(|set| set.set_id).collect();
    assert_eq!(listed, [new.set_id.clone(), old.set_id.clone()], "newest first");
    assert_eq!(repository.delete_set(&old).await.unwrap().len(), 2);
    assert!(matches!(repository.get_set(&old.set_id).await, Err(Error::BackupNotFound { .. })));
    assert_eq!(repository.members_of(&new).await.unwrap().len(), 2);
    assert_eq!(repository.delete_set(&old).await.unwrap(), [], "what is gone is no error");
    repository.delete_set(&new).await.unwrap();
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_pinned_member_protects_the_set() {
    let world = two_collections().await;
    let set = a_set(&world).await;
    let repository = world.reopened();
    let (collection, id) = (set.members[1].collection().unwrap(), set.members[1].backup_id.clone());
    repository.pin_backup(&collection, &id, None).await.unwrap();
    assert!(matches!(repository.delete_set(&set).await, Err(Error::Refused { .. })));
    assert_eq!(repository.members_of(&set).await.unwrap().len(), 2, "nothing was deleted");
}

#[tokio::test]
async fn retention_deletes_by_member_and_forgets_a_set_without_any() {
    let world = two_collections().await;
    let old = a_set(&world).await;
    let repository = world.reopened();
    repository.delete_backup(&old.members[0].collection().unwrap(), &old.members[0].backup_id).await.unwrap();
    let there = repository.members_of(&old).await.unwrap();
    assert_eq!(there.len(), 1);
    let new = a_set(&world).await;
    let rules = RetentionPolicy { retention_count: 1, ..RetentionPolicy::OFF };
    let result = repository.apply_retention_policy(None, &rules, false).await.unwrap();
    assert_eq!(result.deleted_backup_ids, [old.members[1].backup_id.clone()]);
    let left = repository.list_sets().await.unwrap().sets;
    assert_eq!(left, [new]);
}

#[tokio::test]
async fn a_record_that_was_changed_is_named_and_hides_no_other() {
    let world = two_collections().await;
    let (old, new) = (a_set(&world).await, a_set(&world).await);
    let file = format!("_sets/{}.json", old.set_id);
    let text = String::from_utf8(world.read(&file).await).unwrap();
    world.write(&file, text.replace("films", "film_").into_bytes()).await;
    let listing = world.reopened().list_sets().await.unwrap();
    assert_eq!((listing.sets, listing.broken.len()), (vec![new], 1));
    assert!(matches!(world.reopened().get_set(&old.set_id).await, Err(Error::Corrupted { .. })));
}
