//! What one run of a job does, and what it does not do if a step fails.

use std::time::Duration;

use milvus_backup_core::{BackupParams, Catalog, CopyParams, Interrupt, VerificationType};
use milvus_backup_engine::{CopyTarget, JobPlan};
use milvus_backup_retention::RetentionPolicy;
use milvus_backup_testkit::fakes::ServerModel;
use milvus_backup_testkit::fakes::faults::{Failure, Fault, Faults, Point};

use crate::instance::selection;
use crate::world::World;

/// Keeps the newest backup only.
fn newest_only() -> Box<dyn milvus_backup_core::RetentionRules> {
    Box::new(RetentionPolicy { retention_count: 1, ..RetentionPolicy::OFF })
}

fn plan(collections: &[&str]) -> JobPlan {
    JobPlan {
        selection: selection(collections, &[]),
        at_once: 2,
        backup: BackupParams::full(),
        verification: None,
        copies: Vec::new(),
        retention: None,
    }
}

#[tokio::test]
async fn a_run_backs_up_copies_and_then_deletes() {
    let (world, films) = World::with_films().await;
    let there = World::new(ServerModel::milvus_2_3());
    let old = world.backed_up(&films, "old").await;
    let target = CopyTarget { repository: there.reopened(), params: CopyParams::default(), retention: None };
    let plan = JobPlan { copies: vec![target], retention: Some(newest_only()), ..plan(&["films"]) };
    let outcome = world.instance(&[]).run_job(&plan).await;
    assert!(outcome.is_success(), "{:?}", outcome.failures);
    assert_eq!((outcome.backup_ids().len(), outcome.rows(), outcome.deleted), (1, 50, vec![old]));
    // The first copy takes what there is; the second one what is new.
    assert_eq!(outcome.copied, 2);
    assert_eq!(world.instance(&[]).run_job(&plan).await.copied, 1);
    assert_eq!(there.reopened().list_backups(None).await.unwrap().backups.len(), 3);
    assert_eq!(world.reopened().list_backups(None).await.unwrap().backups.len(), 1);
}

#[tokio::test]
async fn a_collection_that_fails_keeps_its_backups_and_the_others_go_on() {
    let (world, films) = World::with_films().await;
    let series = world.filled("series").await;
    for name in ["a", "b"] {
        world.backed_up(&films, name).await;
        world.backed_up(&series, name).await;
    }
    world.milvus.drop_collection(&films).await.unwrap();
    let plan = JobPlan { retention: Some(newest_only()), ..plan(&["films", "series"]) };
    let outcome = world.instance(&[]).run_job(&plan).await;
    assert_eq!(outcome.failures.len(), 1);
    assert!(outcome.failures[0].to_string().starts_with("back up films: "), "{}", outcome.failures[0]);
    let left = |name| {
        let (world, reference) = (&world, world.reference(name));
        async move { world.reopened().list_backups(Some(&reference)).await.unwrap().backups.len() }
    };
    assert_eq!((left(&films).await, left(&series).await), (2, 1));
    assert!(!outcome.is_interrupted() && outcome.backup_ids().len() == 1);
}

#[tokio::test]
async fn nothing_is_deleted_if_the_copy_fails() {
    let (world, films) = World::with_films().await;
    world.backed_up(&films, "old").await;
    let faults = Faults::new();
    faults.inject(Point::any(), Fault::down(Failure::unavailable()));
    let (_, elsewhere) = World::new(ServerModel::milvus_2_3()).faulty(&faults, Interrupt::never());
    let target = CopyTarget { repository: elsewhere, params: CopyParams::default(), retention: None };
    let plan = JobPlan { copies: vec![target], retention: Some(newest_only()), ..plan(&["films"]) };
    let outcome = world.instance(&[]).run_job(&plan).await;
    assert!(!outcome.is_success() && outcome.deleted.is_empty());
    assert_eq!(world.reopened().list_backups(None).await.unwrap().backups.len(), 2);
}

#[tokio::test]
async fn a_deep_verification_is_due_after_its_interval_and_not_before() {
    let (world, _) = World::with_films().await;
    let with_interval =
        |interval| JobPlan { verification: Some((VerificationType::Deep, interval)), ..plan(&["films"]) };
    let verified = |interval| {
        let plan = with_interval(interval);
        let world = &world;
        async move {
            let outcome = world.instance(&[]).run_job(&plan).await;
            assert!(outcome.is_success(), "{:?}", outcome.failures);
            outcome.verified.len()
        }
    };
    assert_eq!(verified(Duration::from_hours(24)).await, 1, "there was none");
    assert_eq!(verified(Duration::from_hours(24)).await, 0, "it is a few readings of the clock old");
    assert_eq!(verified(Duration::from_secs(1)).await, 1);
}

#[tokio::test]
async fn an_interrupt_ends_the_run() {
    let (world, _) = World::with_films().await;
    world.filled("series").await;
    let (handle, interrupt) = Interrupt::new();
    handle.request();
    let outcome = world.instance_of(world.interruptible(interrupt), &[]).run_job(&plan(&["films", "series"])).await;
    assert!(outcome.is_interrupted() && outcome.failures.len() == 1, "{:?}", outcome.failures);
}

#[tokio::test]
async fn patterns_are_resolved_at_each_run_and_make_a_set() {
    let (world, films) = World::with_films().await;
    let plan = JobPlan { selection: selection(&["*"], &["tmp_*"]), retention: Some(newest_only()), ..plan(&["x"]) };
    assert_eq!(world.instance(&[]).run_job(&plan).await.backup_ids().len(), 1);
    let series = world.filled("series").await;
    world.filled("tmp_1").await;
    let outcome = world.instance(&[]).run_job(&plan).await;
    assert!(outcome.is_success(), "{:?}", outcome.failures);
    assert_eq!((outcome.backup_ids().len(), outcome.deleted.len()), (2, 1));
    let repository = world.reopened();
    let set = repository.list_sets().await.unwrap().sets.remove(0);
    let names: Vec<_> = set.members.iter().map(|member| member.collection_name.clone()).collect();
    assert_eq!(names, [films, series]);
}

#[tokio::test]
async fn a_job_that_selects_nothing_has_failed() {
    let (world, _) = World::with_films().await;
    for (include, exclude) in [("none_*", &[][..]), ("*", &["films"])] {
        let plan = JobPlan { selection: selection(&[include], exclude), ..plan(&["x"]) };
        let outcome = world.instance(&[]).run_job(&plan).await;
        assert_eq!((outcome.failures.len(), outcome.backup_ids().len()), (1, 0), "{include}");
    }
}
