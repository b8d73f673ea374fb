//! Operations that lose the lease of the collection while they run.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use milvus_backup_core::{BackupParams, CollectionName, Error, Result};

use crate::deletion::KEEP_ONE;
use crate::world::{World, cause, one_by_one, silence, successor, take_over};

/// The time after which leases are renewed, and a loss is found.
const RENEWAL: Duration = Duration::from_mins(1);

/// Runs an operation that hangs in a call to the store. Meanwhile another one takes over the lease.
async fn overtaken<T>(world: &World, films: &CollectionName, call: &str, operation: impl Future<Output = T>) -> T {
    world.log.hang(call);
    let loss = async {
        world.log.reached().await;
        take_over(&world.store, films).await;
        // The task that renews it may not have run yet.
        tokio::task::yield_now().await;
        world.clock.advance(RENEWAL);
    };
    let both = async { futures::join!(operation, loss).0 };
    tokio::time::timeout(RENEWAL, both).await.expect("the operation ends with its lease")
}

/// The operation failed because of the lease, which stays with the one that took it over.
async fn assert_lost<T: std::fmt::Debug>(world: &World, films: &CollectionName, outcome: Result<T>) {
    assert!(matches!(cause(outcome.unwrap_err()), Error::InProgress { .. }));
    let leases: Vec<String> = world.files().await.into_iter().filter(|file| file.contains("/locks/")).collect();
    assert_eq!(leases, [successor(films)]);
    assert_eq!(world.milvus.open_scans(), 0);
}

#[tokio::test]
async fn a_create_whose_lease_is_lost_does_not_commit() {
    let (world, films) = World::with_films().await;
    let other = Arc::clone(&world.store);
    let name = films.clone();
    let mut happens = Some(move || block_on(take_over(&other, &name)));
    world.milvus.on("read", move |_, _| {
        if let Some(happens) = happens.take() {
            happens();
        }
        Ok(())
    });
    let created = world.manager.create_backup(&films, &BackupParams::full()).await;
    assert_lost(&world, &films, created).await;
    assert_eq!(world.files().await, [successor(&films)]);
}

#[tokio::test]
async fn a_create_ends_with_its_lease() {
    let (world, films) = World::with_films().await;
    let params = BackupParams::full();
    let create = Box::pin(world.manager.create_backup(&films, &params));
    let created = overtaken(&world, &films, "upload %5Fdefault.parquet", create).await;
    assert_lost(&world, &films, created).await;
    assert_eq!(world.files().await, [successor(&films)]);
}

#[tokio::test]
async fn a_deletion_ends_with_its_lease() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "a").await;
    let collection = world.reference(&films);
    let deletion = world.manager.delete_backup(&collection, &id);
    let deleted = overtaken(&world, &films, "delete metadata.json", deletion).await;
    assert_lost(&world, &films, deleted).await;
    assert_eq!(world.manager.list_backups(None).await.unwrap().backups.len(), 1);
}

#[tokio::test]
async fn retention_ends_with_its_lease() {
    let (world, films) = World::with_films().await;
    for name in ["a", "b", "c"] {
        world.backed_up(&films, name).await;
    }
    let retention = world.manager.apply_retention_policy(None, &KEEP_ONE, false);
    let applied = overtaken(&world, &films, "delete metadata.json", retention).await;
    assert_lost(&world, &films, applied).await;
    assert_eq!(world.manager.list_backups(None).await.unwrap().backups.len(), 3);
}

#[tokio::test]
async fn an_incomplete_backup_stays_when_the_lease_is_lost() {
    let (world, films) = World::with_films().await;
    world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
    world.manager.create_backup(&films, &one_by_one()).await.unwrap_err();
    let owner = world.files().await.into_iter().find(|file| file.ends_with("unfinished.json")).unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&world.read(&owner).await).unwrap();
    document["process"]["started"] = "1".into();
    world.write(&owner, document.to_string().into_bytes()).await;
    let repository = world.reopened();
    let pruned = overtaken(&world, &films, "delete unfinished.json", repository.prune_incomplete_backups(false)).await;
    let [left] = pruned.unwrap().try_into().unwrap();
    assert!(!left.removed && left.reason.contains("holds"), "{left:?}");
}
