//! What a restore can be made to, and what is refused before anything is touched.

use std::collections::BTreeMap;

use milvus_backup_core::schema::{DataType, FieldSchema};
use milvus_backup_core::{
    ALLOW_INSERT_AUTO_ID, AutoIdPolicy, BackupId, BackupParams, Catalog, CollectionName, Error, NotRestored,
    RestoreMethod, RestoreParams, RestoreResult, Result, RowSink,
};
use milvus_backup_testkit::fakes::{ServerModel, samples};

use crate::world::{World, cause, denial, refusal, with};

fn copy() -> CollectionName {
    "copy".parse().unwrap()
}

/// Restores a backup of films to a copy, with parameters that a test changes.
async fn restore(world: &World, id: &BackupId, change: impl FnOnce(&mut RestoreParams)) -> Result<RestoreResult> {
    let films = world.reference(&"films".parse().unwrap());
    world.manager.restore_backup(&films, id, &with(RestoreParams::to(copy()), change)).await
}

/// A server with a backup of films.
async fn backed_up() -> (World, CollectionName, BackupId) {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    (world, films, id)
}

#[tokio::test]
async fn rows_are_added_to_a_collection_that_is_there() {
    let (world, films, id) = backed_up().await;
    let (milvus, schema) = (&world.milvus, samples::schema());
    milvus.create_collection(&copy(), &schema).await.unwrap();
    milvus.insert(&copy(), &schema, None, samples::rows(&schema, 900..905, "own")).await.unwrap();
    let restored = restore(&world, &id, |params| params.into_existing = true).await.unwrap();
    assert_eq!((restored.rows_restored, restored.indexes_restored), (50, 0));
    assert_eq!(restored.not_restored, []);
    assert_eq!(world.texts(&copy(), "_default").len(), 35);
    assert_eq!(world.texts(&copy(), "p1"), world.texts(&films, "p1"));
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_failed_addition_leaves_the_collection_in_place() {
    let (world, _, id) = backed_up().await;
    world.milvus.create_collection(&copy(), &samples::schema()).await.unwrap();
    world.milvus.on("insert", |_, _| Err(refusal("Insert")));
    let failed = restore(&world, &id, |params| params.into_existing = true).await;
    assert!(matches!(cause(failed.unwrap_err()), Error::Milvus { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["copy", "films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn rows_do_not_go_into_a_collection_of_another_schema() {
    let (world, _, id) = backed_up().await;
    let missing = restore(&world, &id, |params| params.into_existing = true).await;
    assert!(matches!(missing, Err(Error::CollectionNotFound { .. })), "{missing:?}");
    world.milvus.create_collection(&copy(), &samples::text_schema()).await.unwrap();
    let refused = restore(&world, &id, |params| params.into_existing = true).await;
    assert!(matches!(refused, Err(Error::SchemaIncompatible { .. })), "{refused:?}");
    world.assert_tidy().await;
}

#[tokio::test]
async fn partitions_are_chosen_among_those_of_the_backup() {
    let (world, films, id) = backed_up().await;
    let unknown = restore(&world, &id, |params| params.partition_names = vec!["p2".to_owned()]).await;
    assert!(matches!(unknown, Err(Error::PartitionNotFound { .. })), "{unknown:?}");
    let restored = restore(&world, &id, |params| params.partition_names = vec!["p1".to_owned()]).await.unwrap();
    assert_eq!((restored.rows_restored, restored.partitions_restored), (20, vec!["p1".to_owned()]));
    let over = |params: &mut RestoreParams| {
        params.partition_names = vec!["p1".to_owned()];
        params.drop_existing = true;
        params.target_collection_name = Some(films.clone());
    };
    let refused = restore(&world, &id, over).await;
    assert!(matches!(refused, Err(Error::PartialReplacement { .. })), "{refused:?}");
    let asked_for = |params: &mut RestoreParams| {
        over(params);
        params.replace_with_part = true;
    };
    restore(&world, &id, asked_for).await.unwrap();
    assert_eq!(world.texts(&films, "_default"), Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn aliases_are_never_taken_from_another_collection() {
    let (world, films, id) = backed_up().await;
    let refused = restore(&world, &id, |params| params.with_aliases = true).await;
    assert!(matches!(&refused, Err(Error::Refused { reason, .. }) if reason.contains("belongs to")), "{refused:?}");
    world.milvus.drop_alias("films_alias");
    let taken: CollectionName = "films_alias".parse().unwrap();
    world.milvus.create_collection(&taken, &samples::schema()).await.unwrap();
    let refused = restore(&world, &id, |params| params.with_aliases = true).await;
    assert!(
        matches!(&refused, Err(Error::Refused { reason, .. }) if reason.contains("a collection has")),
        "{refused:?}"
    );
    world.milvus.drop_collection(&taken).await.unwrap();
    // Once the collection has its name, an alias that is not created is told, and is no failure.
    world.milvus.on("create_alias", |_, _| Err(refusal("CreateAlias")));
    let restored = restore(&world, &id, |params| params.with_aliases = true).await.unwrap();
    assert!(restored.limitations.iter().any(|one| one.contains("alias `films_alias` is not restored")), "{restored:?}");
    world.milvus.forget_hooks();
    world.milvus.on("describe_collection", |_, milvus| {
        let names = futures::executor::block_on(milvus.list_collections()).unwrap();
        if names.contains(&"second".to_owned()) { Err(refusal("DescribeCollection")) } else { Ok(()) }
    });
    let second = restore(&world, &id, |params| {
        params.with_aliases = true;
        params.target_collection_name = Some("second".parse().unwrap());
    });
    let restored = second.await.unwrap();
    assert!(restored.limitations.iter().any(|one| one.contains("aliases are not restored")), "{restored:?}");
    assert_eq!(world.milvus.describe_collection(&films).await.err().map(drop), Some(()));
}

#[tokio::test]
async fn what_is_left_out_is_told() {
    let (world, _, id) = backed_up().await;
    world.milvus.drop_alias("films_alias");
    let restored = restore(&world, &id, |params| params.restore_indexes = false).await.unwrap();
    let [NotRestored::Aliases { names }, NotRestored::Indexes, NotRestored::LoadState { .. }] =
        restored.not_restored.as_slice()
    else {
        panic!("{restored:?}")
    };
    assert_eq!(names, &["films_alias"]);
    let unloadable = restore(&world, &id, |params| {
        params.restore_indexes = false;
        params.load_after_restore = true;
        params.drop_existing = true;
    });
    let refused = unloadable.await;
    assert!(matches!(&refused, Err(Error::Refused { reason, .. }) if reason.contains("no index")), "{refused:?}");
    world.assert_tidy().await;
}

#[tokio::test]
async fn properties_of_another_database_are_told() {
    let (world, films) = World::with_films().await;
    let properties = |zone: &str| BTreeMap::from([("timezone".to_owned(), zone.to_owned())]);
    world.milvus.set_database_properties(properties("UTC"));
    let id = world.backed_up(&films, "b").await;
    world.milvus.set_database_properties(properties("Asia/Tokyo"));
    let restored = restore(&world, &id, |_| {}).await.unwrap();
    assert!(restored.limitations.iter().any(|one| one.contains("Asia/Tokyo")), "{restored:?}");
    world.milvus.on("database_properties", |_, _| Err(denial("DescribeDatabase")));
    let restored = restore(&world, &id, |params| params.drop_existing = true).await.unwrap();
    assert!(restored.limitations.iter().any(|one| one.contains("are not compared")), "{restored:?}");
    world.milvus.forget_hooks();
    world.milvus.on("database_properties", |_, _| Err(refusal("DescribeDatabase")));
    let failed = restore(&world, &id, |params| params.drop_existing = true).await;
    assert!(matches!(failed, Err(Error::Milvus { .. })), "{failed:?}");
}

#[tokio::test]
async fn a_server_that_cannot_hold_the_collection_refuses_it() {
    let world = World::new(ServerModel::milvus_2_6());
    let (milvus, mut schema) = (&world.milvus, samples::schema());
    let films: CollectionName = "films".parse().unwrap();
    schema.fields.push(
        FieldSchema { nullable: true, ..FieldSchema::new("note", DataType::VarChar) }.with_param("max_length", 9),
    );
    milvus.create_collection(&films, &schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    let id = world.backed_up(&films, "b").await;
    let older = milvus_backup_testkit::fakes::InMemoryMilvus::new(ServerModel::milvus_2_3());
    let collection = world.reference(&films);
    let refused = world.elsewhere(&older).restore_backup(&collection, &id, &RestoreParams::to(copy())).await;
    assert!(matches!(refused, Err(Error::SchemaIncompatible { .. })), "{refused:?}");
    assert_eq!(older.list_collections().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_refused_index_ends_the_restore_before_any_row_goes_in() {
    let (world, _, id) = backed_up().await;
    world.milvus.on("insert", |_, _| panic!("a row goes in"));
    world.milvus.on("create_index", |_, _| Err(refusal("CreateIndex")));
    let refused = restore(&world, &id, |_| {}).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::IndexRefused { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_index_that_may_not_be_removed_stays_while_rows_go_in() {
    let (world, films, id) = backed_up().await;
    world.milvus.on("drop_index", |_, _| Err(denial("DropIndex")));
    let restored = restore(&world, &id, |_| {}).await.unwrap();
    assert_eq!(restored.indexes_restored, 1);
    let indexes = async |name| world.milvus.describe_collection(name).await.unwrap().indexes;
    assert_eq!(indexes(&copy()).await, indexes(&films).await);
}

#[tokio::test]
async fn an_import_takes_files_that_the_server_can_reach() {
    let (world, _, id) = backed_up().await;
    let import = |params: &mut RestoreParams| params.method = RestoreMethod::Import;
    let refused = restore(&world, &id, import).await;
    assert!(refused.is_err(), "an object store in memory has no path: {refused:?}");
    let lite = World::new(ServerModel::lite_3());
    let films = lite.filled("films").await;
    let id = lite.backed_up(&films, "b").await;
    let refused = restore(&lite, &id, import).await;
    assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
    for world in [&world, &lite] {
        assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
        world.assert_tidy().await;
    }
}

/// Films whose keys the server generates, and a backup of them.
async fn with_generated_keys() -> (World, CollectionName, BackupId) {
    let world = World::new(ServerModel::milvus_2_6());
    let (milvus, mut schema) = (&world.milvus, samples::schema());
    let films: CollectionName = "films".parse().unwrap();
    schema.fields[0].auto_id = true;
    milvus.create_collection(&films, &schema).await.unwrap();
    let allow = [(ALLOW_INSERT_AUTO_ID.to_owned(), "true".to_owned())].into();
    milvus.alter_properties(&films, &allow, &[]).await.unwrap();
    milvus.insert(&films, &schema, None, samples::rows(&schema, 0..30, "a")).await.unwrap();
    milvus.alter_properties(&films, &[].into(), &[ALLOW_INSERT_AUTO_ID.to_owned()]).await.unwrap();
    milvus.flush(&films).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    let id = world.backed_up(&films, "b").await;
    (world, films, id)
}

#[tokio::test]
async fn generated_keys_are_kept_made_anew_or_made_plain() {
    for (policy, kept) in
        [(AutoIdPolicy::Preserve, true), (AutoIdPolicy::Regenerate, false), (AutoIdPolicy::Plain, true)]
    {
        let (world, films, id) = with_generated_keys().await;
        let restored = restore(&world, &id, |params| params.auto_id = policy).await.unwrap();
        assert_eq!(restored.rows_restored, 30, "{policy:?}");
        let keys = |name| samples::keys_of(&world.milvus.rows(name, None).unwrap());
        assert_eq!(keys(&copy()) == keys(&films), kept, "{policy:?}");
        let schema = world.milvus.describe_collection(&copy()).await.unwrap().schema;
        assert_eq!(schema.fields[0].auto_id, policy != AutoIdPolicy::Plain, "{policy:?}");
        assert!(!schema.properties.contains_key(ALLOW_INSERT_AUTO_ID), "{policy:?}: {schema:?}");
        let refused = restore(&world, &id, |params| {
            params.method = RestoreMethod::Import;
            params.drop_existing = true;
        });
        assert!(matches!(refused.await, Err(Error::Refused { .. })), "files with keys cannot be imported");
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn a_backup_without_indexes_is_verified_and_restored_without() {
    let (world, films) = World::with_films().await;
    let params = with(BackupParams::full(), |params| params.include_indexes = false);
    let created = world.manager.create_backup(&films, &params).await.unwrap();
    let id: BackupId = created.backup_id.parse().unwrap();
    let restored = restore(&world, &id, |_| {}).await.unwrap();
    assert_eq!(restored.indexes_restored, 0);
    let deep = with(milvus_backup_core::VerificationParams::checksum(), |params| {
        params.verification_type = milvus_backup_core::VerificationType::Deep;
    });
    let verified = world.manager.verify_backup(&world.reference(&films), &id, &deep).await.unwrap();
    assert!(verified.success, "{verified:?}");
    world.assert_tidy().await;
}
