//! Rows that are not what the server counts, and other things that a backup says of itself.

use milvus_backup_core::{BackupParams, Catalog, CollectionName, Error, RowSink};
use milvus_backup_testkit::fakes::{ServerModel, samples};

use crate::world::{World, cause, refusal, with};

/// The limitations of a backup of films, of which one says this.
async fn require_limitation(world: &World, films: &CollectionName, text: &str) {
    let created = world.manager.create_backup(films, &BackupParams::full()).await.unwrap();
    assert!(created.limitations.iter().any(|one| one.contains(text)), "{text}: {:?}", created.limitations);
    assert!(world.warnings.all().iter().any(|one| one.contains(text)), "{text}: {:?}", world.warnings);
    world.assert_tidy().await;
}

async fn require_refused_strictly(world: &World, films: &CollectionName) {
    let strict = with(BackupParams::full(), |params| params.strict = true);
    let refused = world.manager.create_backup(films, &strict).await.unwrap_err();
    assert!(matches!(cause(refused), Error::RowsUnexplained { .. }));
}

#[tokio::test]
async fn copies_of_a_key_are_explained() {
    let (world, films) = World::with_films().await;
    let schema = samples::schema();
    world.milvus.insert(&films, &schema, None, samples::rows(&schema, 0..10, "copy")).await.unwrap();
    require_limitation(&world, &films, "10 further copies of 10 primary keys").await;
    let strict = with(BackupParams::full(), |params| params.strict = true);
    world.manager.create_backup(&films, &strict).await.unwrap();
}

#[tokio::test]
async fn a_row_that_no_query_returns_is_not() {
    let (world, films) = World::with_films().await;
    let schema = samples::schema();
    world.milvus.insert(&films, &schema, None, samples::rows(&schema, [i64::MAX], "hidden")).await.unwrap();
    require_limitation(&world, &films, "Milvus counts 31 rows and returned 30").await;
    require_refused_strictly(&world, &films).await;
    // Nor where the server does not say which rows it has.
    world.milvus.on("census", |_, _| Err(Error::Unsupported { what: "a census".to_owned() }));
    require_limitation(&world, &films, "it cannot say why").await;
    require_refused_strictly(&world, &films).await;
}

#[tokio::test]
async fn rows_that_are_written_meanwhile_are_told() {
    let (world, films) = World::with_films().await;
    let (schema, name) = (samples::schema(), films.clone());
    world.milvus.on("read", move |number, milvus| {
        // Once, or there would always be another row after the last one.
        let late = samples::rows(&schema, (number == 1).then_some(1000), "late");
        milvus.upsert(&name, Some("p1"), &late).map(drop)
    });
    require_limitation(&world, &films, "was written to during the backup").await;
}

#[tokio::test]
async fn a_collection_that_was_emptied_is_told() {
    let (world, films) = World::with_films().await;
    world.backed_up(&films, "full").await;
    world.milvus.delete(&films, None, &samples::keys(0..30)).unwrap();
    world.milvus.delete(&films, Some("p1"), &samples::keys(100..120)).unwrap();
    require_limitation(&world, &films, "50").await;
    // A part of it has fewer rows anyway.
    let part = world.manager.create_backup(&films, &BackupParams::partitions(["p1"])).await.unwrap();
    assert_eq!(part.row_count, 0);
}

#[tokio::test]
async fn properties_of_the_database_that_cannot_be_read_are_told() {
    let (world, films) = World::with_films().await;
    world.milvus.on("database_properties", |_, _| Err(refusal("DescribeDatabase")));
    require_limitation(&world, &films, "properties of the database are not stored").await;
}

#[tokio::test]
async fn fields_that_change_meanwhile_end_the_create() {
    let (world, films) = World::with_films().await;
    let name = films.clone();
    world.milvus.on("read", move |number, milvus| {
        if number == 1 {
            milvus.add_field(&name, "added");
        }
        Ok(())
    });
    let error = world.manager.create_backup(&films, &BackupParams::full()).await.unwrap_err();
    assert!(matches!(cause(error), Error::Protocol { message } if message.contains("the fields of `films` changed")));
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn partitions_are_chosen_among_those_that_there_are() {
    let (world, films) = World::with_films().await;
    let unknown = world.manager.create_backup(&films, &BackupParams::partitions(["p2"])).await;
    assert!(matches!(unknown, Err(Error::PartitionNotFound { .. })), "{unknown:?}");
    let created = world.manager.create_backup(&films, &BackupParams::partitions(["p1"])).await.unwrap();
    assert_eq!(created.metadata.unwrap().partition_names, ["p1"]);
    // Those among which a key spreads the rows cannot be chosen.
    let spread: CollectionName = "spread".parse().unwrap();
    let mut schema = samples::schema();
    schema.fields[1].is_partition_key = true;
    world.milvus.create_collection(&spread, &schema).await.unwrap();
    let refused = world.manager.create_backup(&spread, &BackupParams::partitions(["_default"])).await;
    assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
    world.assert_tidy().await;
}

#[tokio::test]
async fn rows_that_a_key_spreads_are_backed_up_and_restored() {
    let world = World::new(ServerModel::milvus_2_3());
    let (milvus, mut schema) = (&world.milvus, samples::schema());
    schema.fields[1].is_partition_key = true;
    let (spread, copy): (CollectionName, CollectionName) = ("spread".parse().unwrap(), "copy".parse().unwrap());
    milvus.create_collection(&spread, &schema).await.unwrap();
    milvus.insert(&spread, &schema, None, samples::rows(&schema, 0..30, "a")).await.unwrap();
    milvus.flush(&spread).await.unwrap();
    milvus.create_index(&spread, &samples::index()).await.unwrap();
    let id = world.backed_up(&spread, "b").await;
    let params = milvus_backup_core::RestoreParams::to(copy.clone());
    let restored = world.manager.restore_backup(&world.reference(&spread), &id, &params).await.unwrap();
    assert_eq!(restored.rows_restored, 30);
    assert_eq!(milvus.rows(&copy, None), milvus.rows(&spread, None));
    world.assert_tidy().await;
}

#[tokio::test]
async fn several_collections_are_backed_up_whatever_becomes_of_one() {
    let (world, films) = World::with_films().await;
    let other = world.filled("other").await;
    let names = [films, "missing".parse().unwrap(), other];
    let mut outcomes = Vec::new();
    let report = |name: &CollectionName, outcome: milvus_backup_core::Result<_>| {
        outcomes.push((name.to_string(), outcome.is_ok()));
    };
    Box::pin(world.manager.create_backups(&names, &BackupParams::full(), report)).await;
    assert_eq!(outcomes, [("films".to_owned(), true), ("missing".to_owned(), false), ("other".to_owned(), true)]);
    let (handle, interrupt) = milvus_backup_core::Interrupt::new();
    handle.request();
    let mut outcomes = 0;
    let manager = world.interruptible(interrupt);
    Box::pin(manager.create_backups(&names, &BackupParams::full(), |_, _| outcomes += 1)).await;
    assert_eq!(outcomes, 1, "an interrupt ends all");
    world.assert_tidy().await;
}
