//! Backups of several collections: what is recorded, and what becomes of the others if one fails.

use std::sync::Arc;

use futures::executor::block_on;
use milvus_backup_core::{BackupParams, Catalog, Error, ErrorKind, Interrupt, InterruptHandle};
use milvus_backup_engine::SetCreation;
use milvus_backup_testkit::fakes::faults::{Failure, Fault, Faults, Point};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};

use super::selection;
use super::selections::created;
use crate::world::{World, refusal, take_over, with};

#[tokio::test]
async fn the_members_of_a_set_know_it_and_it_knows_them() {
    let (world, films) = World::with_films().await;
    let series = world.filled("series").await;
    let shop = InMemoryMilvus::in_database(ServerModel::milvus_2_3(), "shop");
    shop.create_collection(&"items".parse().unwrap(), &samples::schema()).await.unwrap();
    shop.create_index(&"items".parse().unwrap(), &samples::index()).await.unwrap();
    let instance = world.instance(&[&shop]);
    let params = BackupParams::full().with_name("nightly").with_tag("keep");
    let outcome = created(&instance, &selection(&["*.*"], &["tmp_*"]), params).await;
    let set = outcome.set.unwrap().unwrap();
    assert!(set.is_complete(), "{set:?}");
    assert_eq!(
        (set.selection.as_slice(), set.excluded.as_slice()),
        (&["*.*".to_owned()][..], &["tmp_*".to_owned()][..])
    );
    assert_eq!((set.set_name.as_deref(), set.tags.as_slice()), (Some("nightly"), &["keep".to_owned()][..]));
    let members: Vec<String> = set.members.iter().map(|member| member.collection().unwrap().to_string()).collect();
    assert_eq!(members, [films.to_string(), series.to_string(), "shop.items".to_owned()]);
    assert_eq!(set.row_count(), 100);
    let repository = world.reopened();
    assert_eq!(repository.get_set(&set.set_id).await.unwrap(), set);
    let backups = repository.list_backups(None).await.unwrap().backups;
    assert_eq!(backups.len(), 3);
    for backup in backups {
        assert_eq!((backup.set_id.as_ref(), backup.backup_name.as_str()), (Some(&set.set_id), "nightly"));
        assert!(backup.created_at >= set.created_at && backup.completed_at <= set.completed_at);
    }
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_collection_that_fails_keeps_none_of_the_others_back() {
    let (world, films) = World::with_films().await;
    for name in ["a", "b", "c"] {
        world.filled(name).await;
    }
    let faults = Faults::new();
    faults.inject(Point::call("describe_collection").on("b").and_all_after(), Fault::fail(Failure::refused()));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let instance = world.instance_of(manager, &[]);
    let outcome = created(&instance, &selection(&["films", "missing", "b", "a", "c"], &[]), BackupParams::full()).await;
    let done: Vec<(&str, bool)> = outcome.outcomes.iter().map(|(name, one)| (name.as_str(), one.is_ok())).collect();
    assert_eq!(done, [("films", true), ("missing", false), ("b", false), ("a", true), ("c", true)]);
    let set = outcome.set.unwrap().unwrap();
    let failed: Vec<(&str, &str)> =
        set.failures.iter().map(|failure| (failure.collection.as_str(), failure.kind.as_str())).collect();
    assert_eq!(failed[0], ("missing", "not_found"));
    assert_eq!((failed.len(), failed[1].0, set.members.len()), (2, "b", 3));
    assert!(set.failures[1].error.contains("fault in describe_collection"), "{:?}", set.failures[1]);
    assert_eq!(set.members[0].collection_name, films);
    world.assert_tidy().await;
}

#[tokio::test]
async fn without_any_backup_there_is_no_set() {
    let (world, _) = World::with_films().await;
    world.milvus.on("describe_collection", |_, _| Err(refusal("DescribeCollection")));
    let outcome = created(&world.instance(&[]), &selection(&["*"], &[]), BackupParams::full()).await;
    assert!(outcome.set.unwrap().is_none());
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_interrupt_starts_no_further_backup_and_keeps_what_is_done() {
    let (world, _) = World::with_films().await;
    for name in ["a", "b"] {
        world.filled(name).await;
    }
    let (handle, interrupt) = Interrupt::new();
    let mut handle = Some(handle);
    let instance = world.instance_of(world.interruptible(interrupt), &[]);
    let selection = selection(&["a", "b", "films"], &[]);
    let chosen = instance.choose(&selection).await.unwrap();
    let creation = SetCreation { params: BackupParams::full(), at_once: 1 };
    let mut reported = Vec::new();
    let report = |name: &str, outcome: &milvus_backup_core::Result<_>| {
        reported.push((name.to_owned(), outcome.is_ok()));
        handle.take().into_iter().for_each(InterruptHandle::request);
    };
    let outcome = Box::pin(instance.create_set(&selection, chosen, &creation, report)).await.unwrap();
    assert_eq!(reported, [("a".to_owned(), true), ("b".to_owned(), false)]);
    let interrupted = |error: &Error| error.kind() == ErrorKind::Interrupted;
    assert!(outcome.outcomes[1..].iter().all(|(_, one)| one.as_ref().is_err_and(interrupted)));
    let set = outcome.set.unwrap().unwrap();
    assert_eq!((set.members.len(), set.failures.len()), (1, 2));
    assert_eq!(world.reopened().get_set(&set.set_id).await.unwrap(), set);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_member_whose_lease_is_lost_fails_alone() {
    let (world, films) = World::with_films().await;
    let other = world.filled("other").await;
    let (store, name) = (Arc::clone(&world.store), films.clone());
    let mut happens = Some(move || block_on(take_over(&store, &name)));
    world.milvus.on("read", move |_, _| {
        if let Some(happens) = happens.take() {
            happens();
        }
        Ok(())
    });
    let (instance, selection) = (world.instance(&[]), selection(&["films", "other"], &[]));
    let chosen = instance.choose(&selection).await.unwrap();
    let creation = SetCreation { params: BackupParams::full(), at_once: 1 };
    let outcome = Box::pin(instance.create_set(&selection, chosen, &creation, |_, _| {})).await.unwrap();
    assert!(outcome.outcomes[0].1.is_err() && outcome.outcomes[1].1.is_ok(), "{:?}", outcome.outcomes);
    let set = outcome.set.unwrap().unwrap();
    assert_eq!((&set.members[0].collection_name, set.failures[0].kind.as_str()), (&other, "in_progress"));
    assert_eq!(set.failures[0].collection, films.to_string());
}

#[tokio::test]
async fn a_record_that_cannot_be_written_is_an_error_and_the_backups_remain() {
    let (world, _) = World::with_films().await;
    let faults = Faults::new();
    faults.inject(Point::call("put").on("_sets/").and_all_after(), Fault::fail(Failure::unavailable()));
    let (manager, repository) = world.faulty(&faults, Interrupt::never());
    let outcome = created(&world.instance_of(manager, &[]), &selection(&["*"], &[]), BackupParams::full()).await;
    assert!(matches!(outcome.set, Err(Error::Storage { .. })), "{:?}", outcome.set);
    assert_eq!(repository.list_backups(None).await.unwrap().backups.len(), 1);
}

#[tokio::test]
async fn parameters_are_checked_before_the_first_backup() {
    let (world, _) = World::with_films().await;
    let instance = world.instance(&[]);
    let selection = selection(&["*"], &[]);
    let chosen = instance.choose(&selection).await.unwrap();
    let params = with(BackupParams::full(), |params| params.concurrency = Some(0));
    let creation = SetCreation { params, at_once: 1 };
    let refused = Box::pin(instance.create_set(&selection, chosen, &creation, |_, _| {})).await;
    assert!(matches!(refused, Err(Error::InvalidParameter { .. })), "{refused:?}");
}
