//! What names and patterns mean.

use milvus_backup_core::{Catalog, Error, Interrupt};
use milvus_backup_engine::{Chosen, Instance};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};

use super::selection;
use crate::world::{World, denial, silence};

/// A server with `films` and `series` in the default database, and `items` and `tmp_1` in `shop`.
async fn two_databases() -> (World, InMemoryMilvus) {
    let (world, _) = World::with_films().await;
    world.filled("series").await;
    let shop = InMemoryMilvus::in_database(ServerModel::milvus_2_3(), "shop");
    for name in ["items", "tmp_1"] {
        shop.create_collection(&name.parse().unwrap(), &samples::schema()).await.unwrap();
    }
    (world, shop)
}

/// What was found, and what was not with a question mark.
async fn chosen(instance: &Instance, include: &[&str], exclude: &[&str]) -> Vec<String> {
    let chosen = instance.choose(&selection(include, exclude)).await.unwrap();
    let text = |choice: &Chosen| match choice {
        Chosen::Found { collection, .. } => collection.to_string(),
        Chosen::Missing { text, .. } => format!("{text}?"),
    };
    chosen.iter().map(text).collect()
}

#[tokio::test]
async fn names_and_patterns_are_resolved_in_their_order_and_once() {
    let (world, shop) = two_databases().await;
    let instance = world.instance(&[&shop]);
    for (include, exclude, expected) in [
        (&["series", "films"][..], &[][..], &["series", "films"][..]),
        (&["*"], &[], &["films", "series"]),
        (&["shop.*"], &["tmp_*"], &["shop.items"]),
        (&["*.*"], &[], &["films", "series", "shop.items", "shop.tmp_1"]),
        (&["*.*"], &["shop.*", "films"], &["series"]),
        (&["s*", "*"], &[], &["series", "films"]),
        (&["films_alias", "films"], &[], &["films"]),
        (&["shop.items"], &[], &["shop.items"]),
        (&["default.films"], &[], &["films"]),
        (&["missing", "films", "no_*"], &[], &["missing?", "films", "no_*?"]),
        (&["nowhere.*", "films"], &[], &["nowhere.*?", "films"]),
        (&["nowhere.films", "films"], &[], &["nowhere.films?", "films"]),
    ] {
        assert_eq!(chosen(&instance, include, exclude).await, expected, "{include:?} {exclude:?}");
    }
}

#[tokio::test]
async fn what_matches_nothing_names_what_there_is() {
    let (world, shop) = two_databases().await;
    let instance = world.instance(&[&shop]);
    for (pattern, named) in [("x*", "films"), ("shop.x*", "shop.items"), ("*.x*", "shop.tmp_1"), ("x", "series")] {
        let found = instance.choose(&selection(&[pattern], &[])).await.unwrap();
        let [Chosen::Missing { error, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert!(matches!(error, Error::CollectionNotFound { .. }) && error.to_string().contains(named), "{error}");
    }
    let nothing_left = instance.choose(&selection(&["f*"], &["films"])).await;
    assert!(matches!(nothing_left, Err(Error::InvalidParameter { .. })), "{nothing_left:?}");
}

#[tokio::test]
async fn the_staging_collections_of_restores_match_no_pattern() {
    let (world, _) = World::with_films().await;
    for name in ["milvus_br_staging_00000001_films", "milvus_br_verify_00000001_films"] {
        world.milvus.create_collection(&name.parse().unwrap(), &samples::schema()).await.unwrap();
    }
    assert_eq!(chosen(&world.instance(&[]), &["*.*"], &[]).await, ["films"]);
}

#[tokio::test]
async fn a_database_that_the_user_may_not_list_is_left_out_and_named() {
    let (world, shop) = two_databases().await;
    shop.on("list_collections", |_, _| Err(denial("ShowCollections")));
    let instance = world.instance(&[&shop]);
    assert_eq!(chosen(&instance, &["*.*"], &[]).await, ["films", "series", "shop.*?"]);
    let found = instance.choose(&selection(&["*.*"], &[])).await.unwrap();
    assert!(matches!(&found[2], Chosen::Missing { error: Error::PermissionDenied { .. }, .. }), "{found:?}");
}

#[tokio::test]
async fn each_list_is_requested_once() {
    let (world, shop) = two_databases().await;
    let lists = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    for (milvus, call) in [(&shop, "list_collections"), (&world.milvus, "list_databases")] {
        let lists = std::sync::Arc::clone(&lists);
        milvus.on(call, move |_, _| {
            lists.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        });
    }
    chosen(&world.instance(&[&shop]), &["*.i*", "shop.*", "*.t*"], &[]).await;
    assert_eq!(lists.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_server_that_does_not_answer_and_an_interrupt_end_it() {
    let (world, _) = World::with_films().await;
    world.milvus.on("resolve_collection", |_, _| Err(silence()));
    let silent = world.instance(&[]).choose(&selection(&["films", "series"], &[])).await;
    assert!(matches!(silent, Err(Error::Unreachable { .. })), "{silent:?}");
    let (handle, interrupt) = Interrupt::new();
    handle.request();
    let interrupted = world.instance_of(world.interruptible(interrupt), &[]).choose(&selection(&["*"], &[])).await;
    assert!(matches!(interrupted, Err(Error::Interrupted)), "{interrupted:?}");
}
