//! What ends a create early, and what it leaves then: nothing.

use futures::executor::block_on;
use milvus_backup_core::{
    BackupParams, BackupState, Catalog, CollectionChange, CollectionName, Error, Interrupt, LoadState,
};
use milvus_backup_engine::BackupManager;
use milvus_backup_testkit::fakes::InMemoryMilvus;

use crate::world::{World, cause, one_by_one, silence, with};

/// Runs a create during whose first page of rows something happens, and returns its error.
async fn disturbed(
    world: &World,
    manager: &BackupManager,
    films: &CollectionName,
    happens: impl FnOnce(&InMemoryMilvus) + Send + 'static,
) -> Error {
    let mut happens = Some(happens);
    world.milvus.on("read", move |_, milvus| {
        if let Some(happens) = happens.take() {
            happens(milvus);
        }
        Ok(())
    });
    manager.create_backup(films, &BackupParams::full()).await.unwrap_err()
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_before_anything_is_read() {
    let (world, films) = World::with_films().await;
    let first = world.backed_up(&films, "monday").await;
    world.milvus.on("read", |_, _| panic!("rows are read"));
    let again = world.manager.create_backup(&films, &BackupParams::full().with_name("monday")).await;
    assert!(matches!(again, Err(Error::BackupAlreadyExists { .. })), "{again:?}");
    let listing = world.manager.list_backups(None).await.unwrap();
    assert_eq!(listing.backups.iter().map(|backup| &backup.backup_id).collect::<Vec<_>>(), [&first]);
    assert!(world.files().await.iter().all(|file| file.contains(first.as_str())), "{:?}", world.files().await);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_collection_that_is_dropped_meanwhile_leaves_nothing() {
    let (world, films) = World::with_films().await;
    let error = disturbed(&world, &world.manager, &films.clone(), move |milvus| {
        block_on(milvus.drop_collection(&films)).unwrap();
    })
    .await;
    let Error::CollectionChanged { change, .. } = cause(error) else { panic!("another error") };
    assert_eq!(change, CollectionChange::Dropped);
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_collection_that_is_renamed_meanwhile_leaves_nothing() {
    let (world, films) = World::with_films().await;
    world.milvus.release_collection(&films).await.unwrap();
    let movies: CollectionName = "movies".parse().unwrap();
    let (from, to) = (films.clone(), movies.clone());
    let error = disturbed(&world, &world.manager, &films, move |milvus| {
        block_on(milvus.rename_collection(&from, &to)).unwrap();
    })
    .await;
    let Error::CollectionChanged { change, .. } = cause(error) else { panic!("another error") };
    assert_eq!(change, CollectionChange::Renamed { to: movies.clone(), successor: None });
    assert_eq!(world.files().await, Vec::<String>::new());
    // It was loaded under the old name, and is released under the new one.
    assert_eq!(world.milvus.load_state(&movies, &[]).await.unwrap(), LoadState::NotLoaded);
    world.assert_tidy().await;
}

#[tokio::test]
async fn another_collection_under_the_same_name_is_not_backed_up_with_it() {
    let (world, films) = World::with_films().await;
    let name = films.clone();
    let error = disturbed(&world, &world.manager, &films, move |milvus| {
        block_on(async {
            milvus.rename_collection(&name, &"old".parse().unwrap()).await.unwrap();
            milvus.create_collection(&name, &milvus_backup_testkit::fakes::samples::schema()).await.unwrap();
        });
    })
    .await;
    assert!(matches!(cause(error), Error::CollectionChanged { .. }));
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_interrupt_leaves_nothing() {
    let (world, films) = World::with_films().await;
    world.milvus.release_collection(&films).await.unwrap();
    let (handle, interrupt) = Interrupt::new();
    let manager = world.interruptible(interrupt);
    let error = disturbed(&world, &manager, &films, move |_| handle.request()).await;
    assert!(matches!(cause(error), Error::Interrupted));
    assert_eq!(world.files().await, Vec::<String>::new());
    assert_eq!(world.milvus.load_state(&films, &[]).await.unwrap(), LoadState::NotLoaded);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_partition_that_fails_is_skipped_where_that_is_asked_for() {
    let (world, films) = World::with_films().await;
    let name = films.clone();
    world.milvus.on("read", move |number, milvus| {
        if number == 1 {
            milvus.drop_partition(&name, "p1");
        }
        Ok(())
    });
    let params = with(one_by_one(), |params| params.skip_failed_partitions = true);
    let created = world.manager.create_backup(&films, &params).await.unwrap();
    let metadata = created.metadata.unwrap();
    assert!(!created.success);
    assert_eq!(metadata.effective_state(), BackupState::PartiallyCompleted);
    assert_eq!(metadata.partition_names, ["_default"]);
    assert_eq!(metadata.failed_partitions.iter().map(|failed| failed.name.as_str()).collect::<Vec<_>>(), ["p1"]);
    assert_eq!(created.row_count, 30);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_partition_that_fails_ends_the_create_otherwise() {
    let (world, films) = World::with_films().await;
    let name = films.clone();
    let error = disturbed(&world, &world.manager, &films, move |milvus| milvus.drop_partition(&name, "p1")).await;
    assert!(matches!(cause(error), Error::Milvus { .. } | Error::PartitionNotFound { .. }));
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_server_that_is_silent_before_a_chunk_is_complete_leaves_nothing() {
    let (world, films) = World::with_films().await;
    world.milvus.on("read", |_, _| Err(silence()));
    let error = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap_err();
    assert!(matches!(&error, Error::Backup { resumable: false, .. }), "{error:?}");
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}
