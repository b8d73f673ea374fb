//! What a create loads into memory, what it waits for, and what it releases again.

use std::time::Duration;

use milvus_backup_core::{BackupParams, Catalog, Clock, CollectionName, Error, LoadPolicy, LoadState};
use milvus_backup_testkit::fakes::{Lag, ServerModel};

use crate::world::{World, with};

fn never() -> BackupParams {
    with(BackupParams::full(), |params| params.load = LoadPolicy::Never)
}

fn named(partition: &str) -> [String; 1] {
    [partition.to_owned()]
}

/// Whether each of the partitions is in memory.
async fn states(world: &World, films: &CollectionName) -> [LoadState; 2] {
    let state = async |partition| world.milvus.load_state(films, &named(partition)).await.unwrap();
    [state("_default").await, state("p1").await]
}

/// A collection of which one partition is in memory.
async fn half_loaded(model: ServerModel) -> (World, CollectionName) {
    let world = World::new(model);
    let films = world.filled("films").await;
    world.milvus.release_partitions(&films, &named("p1")).await.unwrap();
    (world, films)
}

#[tokio::test]
async fn nothing_is_loaded_where_that_is_not_wanted() {
    let (world, films) = half_loaded(ServerModel::milvus_2_3()).await;
    let refused = world.manager.create_backup(&films, &never()).await;
    let Err(Error::NotLoaded { not_loaded, loaded, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((not_loaded, loaded), (vec!["p1".to_owned()], vec!["_default".to_owned()]));
    world.milvus.release_collection(&films).await.unwrap();
    let refused = world.manager.create_backup(&films, &never()).await;
    assert!(matches!(refused, Err(Error::NotLoaded { .. })), "{refused:?}");
    assert_eq!(states(&world, &films).await, [LoadState::NotLoaded; 2]);
    assert_eq!(world.files().await, Vec::<String>::new());
    world.milvus.load_collection(&films, None).await.unwrap();
    world.manager.create_backup(&films, &never()).await.unwrap();
    world.assert_tidy().await;
}

#[tokio::test]
async fn only_what_was_missing_is_loaded_and_released() {
    let (world, films) = half_loaded(ServerModel::milvus_2_3()).await;
    let created = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert_eq!(created.row_count, 50);
    assert!(!created.metadata.unwrap().was_loaded);
    assert_eq!(states(&world, &films).await, [LoadState::Loaded, LoadState::NotLoaded]);
    world.milvus.release_collection(&films).await.unwrap();
    let created = world.manager.create_backup(&films, &BackupParams::partitions(["p1"])).await.unwrap();
    assert_eq!(created.row_count, 20);
    assert_eq!(states(&world, &films).await, [LoadState::NotLoaded; 2]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn what_another_client_is_loading_is_waited_for_and_stays() {
    let (world, films) = half_loaded(ServerModel::milvus_2_3()).await;
    world.milvus.begin_loading(&films, &["p1"]);
    let created = world.manager.create_backup(&films, &never()).await.unwrap();
    assert_eq!(created.row_count, 50);
    assert_eq!(states(&world, &films).await, [LoadState::Loaded; 2]);
}

#[tokio::test]
async fn on_a_server_that_loads_collections_only_as_a_whole() {
    let world = World::new(ServerModel::lite_2());
    let films = world.filled("films").await;
    world.milvus.release_collection(&films).await.unwrap();
    let refused = world.manager.create_backup(&films, &never()).await;
    assert!(matches!(refused, Err(Error::NotLoaded { .. })), "{refused:?}");
    world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert_eq!(world.milvus.load_state(&films, &[]).await.unwrap(), LoadState::NotLoaded);
    world.milvus.begin_loading(&films, &[]);
    world.manager.create_backup(&films, &never()).await.unwrap();
    assert_eq!(world.milvus.load_state(&films, &[]).await.unwrap(), LoadState::Loaded);
    world.assert_tidy().await;
}

#[tokio::test]
async fn rows_that_are_found_late_are_waited_for() {
    let (world, films) = half_loaded(ServerModel::milvus_2_3()).await;
    world.milvus.set_lag(Lag { loads: 3, ..Lag::default() });
    let created = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert_eq!(created.row_count, 50);
    world.assert_tidy().await;
}

/// Rows that were deleted look like rows that are not found yet, where nothing but counts is known.
#[tokio::test]
async fn counts_that_stay_the_same_are_believed_where_nothing_else_is_reported() {
    let mut model = ServerModel::milvus_2_3();
    model.loading.reports_pending = false;
    let (world, films) = half_loaded(model).await;
    world.milvus.set_lag(Lag { loads: u32::MAX, ..Lag::default() });
    let created = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert_eq!(created.row_count, 30);
    assert!(world.clock.elapsed() >= Duration::from_secs(12));
    world.assert_tidy().await;
}

#[tokio::test]
async fn rows_that_are_never_found_are_told_and_refused_where_that_is_asked_for() {
    let (world, films) = half_loaded(ServerModel::milvus_2_3()).await;
    world.milvus.set_lag(Lag { loads: u32::MAX, ..Lag::default() });
    let strict = with(BackupParams::full(), |params| params.strict = true);
    let refused = world.manager.create_backup(&films, &strict).await.unwrap_err();
    let Error::RowsUnexplained { differences } = crate::world::cause(refused) else { panic!("another error") };
    assert!(
        matches!(differences.as_slice(), [one] if one.contains("`p1`: Milvus has stored 20 rows")),
        "{differences:?}"
    );
    assert_eq!(world.files().await, Vec::<String>::new());
    let created = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap();
    assert!(created.limitations.iter().any(|one| one.contains("`p1`: Milvus has stored 20 rows")), "{created:?}");
    world.assert_tidy().await;
}
