//! The restore of a set: where its members go, and what becomes of the others if one fails.

use milvus_backup_core::{
    BackupParams, BackupSet, Catalog, Error, ErrorKind, Interrupt, InterruptHandle, RestoreParams, RestoreResult,
};
use milvus_backup_engine::{Instance, MemberRestore, SetRestoration};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel};

use super::selection;
use super::selections::created;
use crate::world::{World, refusal, with};

fn planned(set: &BackupSet, only: &[&str], mappings: &[&str]) -> milvus_backup_core::Result<Vec<MemberRestore>> {
    let only = only.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>()?;
    let mappings = mappings.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>()?;
    MemberRestore::of_set(set, &only, &mappings)
}

async fn restored(
    instance: &Instance,
    members: &[MemberRestore],
    params: RestoreParams,
) -> Vec<milvus_backup_core::Result<RestoreResult>> {
    let restoration = SetRestoration { params, at_once: 2 };
    Box::pin(instance.restore_set(members, &restoration, |_, _| {})).await
}

/// A set of `films` and `series`.
async fn two_backed_up() -> (World, BackupSet) {
    let (world, _) = World::with_films().await;
    world.filled("series").await;
    let outcome = created(&world.instance(&[]), &selection(&["*"], &[]), BackupParams::full()).await;
    let set = outcome.set.unwrap().unwrap();
    (world, set)
}

#[tokio::test]
async fn all_members_come_back_under_other_names() {
    let (world, set) = two_backed_up().await;
    let members = planned(&set, &[], &["*=*_copy"]).unwrap();
    let outcomes = restored(&world.instance(&[]), &members, RestoreParams::default()).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|result| result.success)), "{outcomes:?}");
    for name in ["films", "series"] {
        let copy = format!("{name}_copy").parse().unwrap();
        assert_eq!(world.milvus.rows(&copy, None), world.milvus.rows(&name.parse().unwrap(), None), "{name}");
    }
    world.assert_tidy().await;
}

#[tokio::test]
async fn members_go_to_databases_that_are_created_once() {
    let (world, set) = two_backed_up().await;
    let staging = InMemoryMilvus::before_database(ServerModel::milvus_2_3(), "staging");
    let instance = world.instance(&[&staging]);
    let members = planned(&set, &[], &["*=staging.*"]).unwrap();
    let refused = restored(&instance, &members, RestoreParams::default()).await;
    assert!(refused.iter().all(|outcome| matches!(outcome, Err(error) if error.kind() == ErrorKind::NotFound)));
    let params = with(RestoreParams::default(), |params| params.create_database = true);
    let outcomes = restored(&instance, &members, params).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(staging.list_collections().await.unwrap(), ["films", "series"]);
}

#[tokio::test]
async fn one_that_fails_keeps_none_of_the_others_back() {
    let (world, set) = two_backed_up().await;
    world.milvus.drop_collection(&"series".parse().unwrap()).await.unwrap();
    let members = planned(&set, &[], &[]).unwrap();
    let outcomes = restored(&world.instance(&[]), &members, RestoreParams::default()).await;
    assert!(matches!(&outcomes[0], Err(Error::TargetExists { .. })), "{outcomes:?}");
    assert_eq!(outcomes[1].as_ref().unwrap().rows_restored, 50);
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_interrupt_starts_no_further_restore() {
    let (world, set) = two_backed_up().await;
    let (handle, interrupt) = Interrupt::new();
    let mut handle = Some(handle);
    let instance = world.instance_of(world.interruptible(interrupt), &[]);
    let members = planned(&set, &[], &["*=*_copy"]).unwrap();
    let restoration = SetRestoration { params: RestoreParams::default(), at_once: 1 };
    let outcomes = Box::pin(
        instance
            .restore_set(&members, &restoration, |_, _| handle.take().into_iter().for_each(InterruptHandle::request)),
    )
    .await;
    assert!(outcomes[0].is_ok() && outcomes[1].as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted));
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films", "films_copy", "series"]);
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_nothing_behind() {
    let (world, set) = two_backed_up().await;
    world.milvus.on("rename_collection", |_, _| Err(refusal("RenameCollection")));
    let members = planned(&set, &[], &["*=*_copy"]).unwrap();
    let outcomes = restored(&world.instance(&[]), &members, RestoreParams::default()).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films", "series"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn what_to_restore_is_checked_before_anything_is_touched() {
    let (_, set) = two_backed_up().await;
    let targets = |only: &[&str], mappings: &[&str]| {
        let members = planned(&set, only, mappings).unwrap();
        members.iter().map(|member| member.target.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(targets(&[], &[]), ["films", "series"]);
    assert_eq!(targets(&["f*"], &[]), ["films"]);
    assert_eq!(targets(&["films"], &["*=a.*", "films=b"]), ["a.films"], "the first mapping counts");
    assert_eq!(targets(&[], &["series=b", "*=a.*"]), ["a.films", "b"]);
    for (only, mappings, named) in [
        (&["x*"][..], &[][..], "films"),
        (&[], &["x=y"], "series"),
        (&[], &["*=same"], "both films and series"),
        (&[], &["films=series"], "both films and series"),
    ] {
        let error = planned(&set, only, mappings).unwrap_err();
        let is_clear = matches!(error, Error::InvalidParameter { .. }) && error.to_string().contains(named);
        assert!(is_clear, "{error}");
    }
}
