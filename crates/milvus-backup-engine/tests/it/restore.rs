//! What ends a restore early, the swap of names at its end, and what is left then.

use std::collections::BTreeMap;

use futures::executor::block_on;
use milvus_backup_core::{Catalog, CollectionName, Error, Interrupt, RestoreParams, RowSink};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};

use crate::world::{World, cause, refusal, silence, with};

fn over(target: &CollectionName) -> RestoreParams {
    with(RestoreParams::to(target.clone()), |params| params.drop_existing = true)
}

#[tokio::test]
async fn a_database_that_is_missing_is_created_as_it_was_where_that_is_asked_for() {
    let (world, films) = World::with_films().await;
    let properties = BTreeMap::from([("note".to_owned(), "a".to_owned())]);
    world.milvus.set_database_properties(properties.clone());
    let (id, collection) = (world.backed_up(&films, "b").await, world.reference(&films));
    let shop = InMemoryMilvus::before_database(ServerModel::milvus_2_3(), "shop");
    let manager = world.elsewhere(&shop);
    let refused = manager.restore_backup(&collection, &id, &RestoreParams::default()).await.unwrap_err();
    assert!(matches!(&refused, Error::DatabaseNotFound { database } if database == "shop"), "{refused:?}");
    let params = with(RestoreParams::default(), |params| params.create_database = true);
    let restored = manager.restore_backup(&collection, &id, &params).await.unwrap();
    assert_eq!(restored.rows_restored, 50);
    assert_eq!(shop.database_properties().await.unwrap(), properties);
    // One that exists stays as it is.
    shop.set_database_properties(BTreeMap::new());
    let again = with(params, |params| params.drop_existing = true);
    manager.restore_backup(&collection, &id, &again).await.unwrap();
    assert_eq!(shop.database_properties().await.unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn an_insert_that_is_refused_leaves_no_collection() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    world.milvus.on("insert", |number, _| if number > 1 { Err(refusal("Insert")) } else { Ok(()) });
    let params = RestoreParams::to("copy".parse().unwrap());
    let error = world.manager.restore_backup(&world.reference(&films), &id, &params).await.unwrap_err();
    assert!(matches!(&error, Error::Restore { target, .. } if target == "copy"), "{error:?}");
    assert!(matches!(cause(error), Error::Milvus { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_insert_whose_answer_was_lost_is_made_anew_with_all_others() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    world.milvus.on("insert", |number, _| if number == 2 { Err(silence()) } else { Ok(()) });
    let params = RestoreParams::to("copy".parse().unwrap());
    let restored = world.manager.restore_backup(&world.reference(&films), &id, &params).await.unwrap();
    assert_eq!(restored.rows_restored, 50);
    let copy = "copy".parse().unwrap();
    for partition in ["_default", "p1"] {
        assert_eq!(world.texts(&copy, partition), world.texts(&films, partition));
    }
    assert!(
        world.warnings.all().iter().any(|warning| warning.contains("restarting the restore")),
        "{:?}",
        world.warnings
    );
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_interrupt_leaves_no_collection() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let (handle, interrupt) = Interrupt::new();
    let mut handle = Some(handle);
    world.milvus.on("insert", move |_, _| {
        if let Some(handle) = handle.take() {
            handle.request();
        }
        Ok(())
    });
    let params = RestoreParams::to("copy".parse().unwrap());
    let manager = world.interruptible(interrupt);
    let error = manager.restore_backup(&world.reference(&films), &id, &params).await.unwrap_err();
    assert!(matches!(cause(error), Error::Interrupted));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_collection_that_is_there_is_not_replaced_unasked() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let collection = world.reference(&films);
    let refused = world.manager.restore_backup(&collection, &id, &RestoreParams::default()).await;
    assert!(matches!(refused, Err(Error::TargetExists { .. })), "{refused:?}");
    let alias = RestoreParams::to("films_alias".parse().unwrap());
    let refused = world.manager.restore_backup(&collection, &id, &alias).await;
    assert!(matches!(refused, Err(Error::TargetIsAlias { .. })), "{refused:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn the_collection_that_was_there_is_replaced_with_its_aliases() {
    let (world, films) = World::with_films().await;
    let (milvus, schema) = (&world.milvus, samples::schema());
    let id = world.backed_up(&films, "b").await;
    let before = world.texts(&films, "_default");
    milvus.insert(&films, &schema, None, samples::rows(&schema, 500..510, "new")).await.unwrap();
    milvus.create_alias(&films, "later").await.unwrap();
    world.manager.restore_backup(&world.reference(&films), &id, &over(&films)).await.unwrap();
    assert_eq!(world.texts(&films, "_default"), before);
    assert_eq!(milvus.list_collections().await.unwrap(), ["films"]);
    let mut aliases = milvus.describe_collection(&films).await.unwrap().aliases;
    aliases.sort_unstable();
    assert_eq!(aliases, ["films_alias", "later"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_rename_that_fails_gives_the_old_collection_its_name_back() {
    for failing in [1, 2] {
        let (world, films) = World::with_films().await;
        let id = world.backed_up(&films, "b").await;
        world.milvus.on(
            "rename_collection",
            move |number, _| {
                if number == failing { Err(refusal("RenameCollection")) } else { Ok(()) }
            },
        );
        let before = world.milvus.pin_collection(&films, &films).await.unwrap();
        let restored = world.manager.restore_backup(&world.reference(&films), &id, &over(&films)).await;
        assert!(matches!(cause(restored.unwrap_err()), Error::Milvus { .. }), "rename {failing}");
        assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
        assert_eq!(world.milvus.locate_collection(&before).await.unwrap().as_ref(), Some(&films), "it is the old one");
        assert_eq!(world.milvus.describe_collection(&films).await.unwrap().aliases, ["films_alias"]);
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn a_rename_whose_answer_is_lost_is_looked_for() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    // The renames are carried out, and nobody hears of it.
    world.milvus.on("rename_collection", |_, milvus| {
        let names = block_on(milvus.list_collections()).unwrap();
        let staging = names.iter().find(|name| name.starts_with("milvus_br_staging_"));
        let replaced = names.iter().find(|name| name.starts_with("milvus_br_replaced_"));
        let target: CollectionName = "films".parse().unwrap();
        match (staging, replaced) {
            (Some(staging), None) => {
                let replaced = staging.replace("staging", "replaced").parse().unwrap();
                block_on(milvus.rename_collection(&target, &replaced)).unwrap();
            }
            (Some(staging), Some(_)) => {
                block_on(milvus.rename_collection(&staging.parse().unwrap(), &target)).unwrap();
            }
            _ => panic!("{names:?}"),
        }
        Err(silence())
    });
    world.manager.restore_backup(&world.reference(&films), &id, &over(&films)).await.unwrap();
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    assert_eq!(world.milvus.describe_collection(&films).await.unwrap().aliases, ["films_alias"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_server_that_cannot_rename_replaces_nothing_and_fills_the_target_itself() {
    let world = World::new(ServerModel::lite_2());
    assert!(!world.milvus.capabilities().await.unwrap().rename);
    let films = world.filled("films").await;
    let id = world.backed_up(&films, "b").await;
    let (collection, copy) = (world.reference(&films), "copy".parse().unwrap());
    let refused = world.manager.restore_backup(&collection, &id, &over(&films)).await;
    assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
    world.milvus.on("insert", |_, _| Err(refusal("Insert")));
    let refused = world.manager.restore_backup(&collection, &id, &RestoreParams::to("copy".parse().unwrap())).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::Milvus { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    world.assert_tidy().await;
    world.milvus.forget_hooks();
    world.manager.restore_backup(&collection, &id, &RestoreParams::to("copy".parse().unwrap())).await.unwrap();
    assert_eq!(world.texts(&copy, "_default"), world.texts(&films, "_default"));
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_collection_of_the_name_that_is_made_meanwhile_stays() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    world.milvus.on("insert", |number, milvus| {
        if number == 1 {
            block_on(milvus.create_collection(&"copy".parse().unwrap(), &samples::schema())).unwrap();
        }
        Ok(())
    });
    let params = RestoreParams::to("copy".parse().unwrap());
    let refused = world.manager.restore_backup(&world.reference(&films), &id, &params).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::TargetExists { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["copy", "films"]);
    assert_eq!(world.texts(&"copy".parse().unwrap(), "_default"), Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_partition_whose_file_is_damaged_is_skipped_where_that_is_asked_for() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let file = format!("films/{id}/data/p1.parquet");
    let mut bytes = world.read(&file).await;
    for byte in &mut bytes[4..100] {
        *byte ^= 0x55;
    }
    world.write(&file, bytes).await;
    let (collection, copy) = (world.reference(&films), "copy".parse().unwrap());
    let verified_first = RestoreParams::to("copy".parse().unwrap());
    let refused = world.manager.restore_backup(&collection, &id, &verified_first).await;
    assert!(matches!(refused, Err(Error::Corrupted { .. })), "{refused:?}");
    let unverified = with(verified_first, |params| params.verify_before_restore = Some(false));
    let refused = world.manager.restore_backup(&collection, &id, &unverified).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::Corrupted { .. }));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
    let skipping = with(unverified, |params| params.skip_failed_partitions = true);
    let restored = world.manager.restore_backup(&collection, &id, &skipping).await.unwrap();
    assert!(!restored.success);
    assert_eq!(restored.partitions_restored, ["_default"]);
    assert_eq!(world.texts(&copy, "_default"), world.texts(&films, "_default"));
    let replacing = with(skipping, |params| {
        params.drop_existing = true;
        params.target_collection_name = Some(films.clone());
    });
    let refused = world.manager.restore_backup(&collection, &id, &replacing).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::PartialReplacement { .. }));
    assert_eq!(world.texts(&films, "p1").len(), 20);
    world.assert_tidy().await;
}

/// A newer server may refuse a property that an older one accepted.
#[tokio::test]
async fn a_property_that_is_refused_is_left_out_and_told() {
    let (world, films) = World::with_films().await;
    let properties = ["collection.ttl.seconds", "collection.insert.idempotency.enabled"];
    let set = properties.map(|property| (property.to_owned(), "9000".to_owned())).into();
    world.milvus.alter_properties(&films, &set, &[]).await.unwrap();
    let id = world.backed_up(&films, "b").await;
    // All at once, then the first of two.
    world.milvus.on("alter_properties", |number, _| if number <= 2 { Err(refusal("AlterCollection")) } else { Ok(()) });
    let copy: CollectionName = "copy".parse().unwrap();
    let params = RestoreParams::to(copy.clone());
    world.manager.restore_backup(&world.reference(&films), &id, &params).await.unwrap();
    let warnings = world.warnings.all();
    let told =
        |property: &str| warnings.iter().any(|one| one.contains(&format!("property `{property}` is not restored")));
    assert!(told(properties[1]) && !told(properties[0]), "{warnings:?}");
    let restored = world.milvus.describe_collection(&copy).await.unwrap().schema.properties;
    assert!(restored.contains_key(properties[0]) && !restored.contains_key(properties[1]), "{restored:?}");
}

/// On Milvus 2.3 an alias outlives its collection, and hides whatever is given its name.
#[tokio::test]
async fn a_name_that_an_old_alias_hides_is_no_success() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let gone: CollectionName = "gone".parse().unwrap();
    world.milvus.create_collection(&gone, &samples::schema()).await.unwrap();
    world.milvus.create_alias(&gone, "ghost").await.unwrap();
    world.milvus.drop_collection(&gone).await.unwrap();
    let params = RestoreParams::to("ghost".parse().unwrap());
    let error = world.manager.restore_backup(&world.reference(&films), &id, &params).await.unwrap_err();
    let text = error.full_message();
    assert!(text.contains("the server does not find it under this name"), "{text}");
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films", "ghost"]);
}
