//! Deleting backups, one by one and by rules.

use milvus_backup_core::{Error, ErrorKind, Hint, KeepRules, Operation, Pin, Repository};
use milvus_backup_retention::RetentionPolicy;

use crate::world::{World, one_by_one, silence};

pub(crate) static KEEP_ONE: RetentionPolicy = RetentionPolicy {
    retention_count: 1,
    retention_days: 0,
    min_backups_to_keep: 0,
    min_rows_ratio: None,
    keep: KeepRules::OFF,
};

#[tokio::test]
async fn a_deleted_backup_leaves_no_file() {
    let (world, films) = World::with_films().await;
    let (first, second) = (world.backed_up(&films, "a").await, world.backed_up(&films, "b").await);
    let collection = world.reference(&films);
    world.manager.delete_backup(&collection, &first).await.unwrap();
    let again = world.manager.delete_backup(&collection, &first).await;
    assert!(matches!(again, Err(Error::BackupNotFound { .. })), "{again:?}");
    assert!(world.files().await.iter().all(|file| file.contains(second.as_str())), "{:?}", world.files().await);
    assert_eq!(world.manager.list_backups(None).await.unwrap().backups.len(), 1);
    world.assert_tidy().await;
}

#[tokio::test]
async fn nothing_is_deleted_while_another_operation_holds_the_lease() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "a").await;
    let collection = world.reference(&films);
    let lease = Repository::lease(&world.repository, &collection, Operation::Create, &world.environment).await.unwrap();
    let refused = world.manager.delete_backup(&collection, &id).await;
    assert!(matches!(refused, Err(Error::InProgress { .. })), "{refused:?}");
    assert_eq!(world.manager.list_backups(None).await.unwrap().backups.len(), 1);
    lease.release().await;
    world.manager.delete_backup(&collection, &id).await.unwrap();
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_dry_run_deletes_nothing_and_says_what_the_run_deletes() {
    let (world, films) = World::with_films().await;
    let other = world.filled("other").await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(world.backed_up(&films, name).await);
    }
    let kept = world.backed_up(&other, "a").await;
    let before = world.files().await;
    let dry = world.manager.apply_retention_policy(None, &KEEP_ONE, true).await.unwrap();
    assert_eq!((dry.dry_run, dry.backups_to_delete, dry.deleted_backup_ids.len()), (true, 2, 0));
    assert_eq!(world.files().await, before);
    let run = world.manager.apply_retention_policy(None, &KEEP_ONE, false).await.unwrap();
    assert_eq!((run.backups_to_delete, run.deleted_backup_ids), (2, ids[..2].to_vec()), "the oldest first");
    assert_eq!(run.decisions.len(), dry.decisions.len());
    let mut left: Vec<_> = world.manager.list_backups(None).await.unwrap().backups;
    left.sort_by(|one, other| one.backup_id.cmp(&other.backup_id));
    assert_eq!(left.iter().map(|backup| &backup.backup_id).collect::<Vec<_>>(), [&ids[2], &kept]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn rules_for_one_collection_leave_the_others_alone() {
    let (world, films) = World::with_films().await;
    let other = world.filled("other").await;
    for collection in [&films, &other] {
        for name in ["a", "b"] {
            world.backed_up(collection, name).await;
        }
    }
    let run = world.manager.apply_retention_policy(Some(&world.reference(&films)), &KEEP_ONE, false).await.unwrap();
    assert_eq!(run.deleted_backup_ids.len(), 1);
    for (collection, left) in [(&films, 1), (&other, 2)] {
        let listing = world.manager.list_backups(Some(&world.reference(collection))).await.unwrap();
        assert_eq!(listing.backups.len(), left, "{collection}");
    }
}

#[tokio::test]
async fn a_pinned_backup_is_deleted_neither_by_name_nor_by_rules() {
    let (world, films) = World::with_films().await;
    let (first, second) = (world.backed_up(&films, "a").await, world.backed_up(&films, "b").await);
    let (collection, repository) = (world.reference(&films), world.reopened());
    assert_eq!(repository.pin_backup(&collection, &first, Some("audit")).await.unwrap(), None);
    let again = repository.pin_backup(&collection, &first, None).await.unwrap().unwrap();
    assert_eq!(again.reason.as_deref(), Some("audit"), "the first pin stays");
    let refused = world.manager.delete_backup(&collection, &first).await.unwrap_err();
    assert_eq!((refused.kind(), refused.hint()), (ErrorKind::Refused, Some(Hint::Unpin(first.clone()))));
    let run = world.manager.apply_retention_policy(None, &KEEP_ONE, false).await.unwrap();
    assert_eq!(run.backups_to_delete, 0);
    assert_eq!(run.decisions[1].reasons, ["pinned: audit"]);
    assert_eq!(world.manager.get_backup(&collection, &first).await.unwrap().metadata.pin, Some(again));

    assert!(repository.unpin_backup(&collection, &first).await.unwrap().is_some());
    assert_eq!(repository.unpin_backup(&collection, &first).await.unwrap(), None);
    let run = world.manager.apply_retention_policy(None, &KEEP_ONE, false).await.unwrap();
    assert_eq!(run.deleted_backup_ids, std::slice::from_ref(&first));
    assert!(world.files().await.iter().all(|file| file.contains(second.as_str())), "{:?}", world.files().await);
    let gone = repository.pin_backup(&collection, &first, None).await;
    assert!(matches!(gone, Err(Error::BackupNotFound { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_backup_that_is_pinned_after_the_plan_is_kept() {
    let (world, films) = World::with_films().await;
    let (first, second) = (world.backed_up(&films, "a").await, world.backed_up(&films, "b").await);
    world.backed_up(&films, "c").await;
    let (collection, repository) = (world.reference(&films), world.reopened());
    let plan = repository.plan_retention(None, &KEEP_ONE).await.unwrap();
    repository.pin_backup(&collection, &first, None).await.unwrap();
    let run = repository.apply_retention_plan(&plan).await.unwrap();
    assert_eq!(run.deleted_backup_ids, [second]);
    assert_eq!(run.warnings, [format!("backup {first} is pinned meanwhile")]);
}

#[tokio::test]
async fn nothing_is_pinned_while_backups_are_deleted() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "a").await;
    let (collection, repository) = (world.reference(&films), world.reopened());
    let before = world.files().await;
    for (operation, is_pinned) in [(Operation::Delete, false), (Operation::Create, true)] {
        let lease = Repository::lease(&world.repository, &collection, operation, &world.environment).await.unwrap();
        let pinned = repository.pin_backup(&collection, &id, None).await;
        assert_eq!(pinned.is_ok(), is_pinned, "{pinned:?}");
        lease.release().await;
        assert_eq!(world.files().await == before, !is_pinned, "a pin is withdrawn");
    }
}

/// A pin that cannot be read protects its backup like any other.
#[tokio::test]
async fn a_damaged_pin_is_one() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "a").await;
    let (collection, repository) = (world.reference(&films), world.reopened());
    repository.pin_backup(&collection, &id, Some("audit")).await.unwrap();
    let file = format!("films/pins/{id}.json");
    world.write(&file, b"{}".to_vec()).await;
    let listing = repository.list_backups(None).await.unwrap();
    assert_eq!(listing.backups[0].pin, Some(Pin::default()));
    assert!(world.manager.delete_backup(&collection, &id).await.is_err());
    repository.unpin_backup(&collection, &id).await.unwrap();
    world.manager.delete_backup(&collection, &id).await.unwrap();
}

#[tokio::test]
async fn an_incomplete_backup_of_a_process_that_runs_stays() {
    let (world, films) = World::with_films().await;
    world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
    world.manager.create_backup(&films, &one_by_one()).await.unwrap_err();
    let before = world.files().await;
    let repository = world.reopened();
    let [left] = repository.prune_incomplete_backups(false).await.unwrap().try_into().unwrap();
    assert!(!left.removed, "{left:?}");
    assert_eq!(world.files().await, before);
}
