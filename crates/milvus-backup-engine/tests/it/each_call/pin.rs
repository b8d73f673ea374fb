//! Pins with mishaps, and beside deletions.

use std::sync::{Arc, Mutex};

use milvus_backup_core::{BackupId, CollectionRef, Interrupt, Result};
use milvus_backup_engine::BackupRepository;
use milvus_backup_testkit::fakes::ServerModel;
use milvus_backup_testkit::fakes::faults::{Fault, Faults, Point};

use super::drill::Drill;
use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::{Prepared, Scene};

#[tokio::test]
async fn of_a_backup() {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 1).await;
    let id = &prepared.ids[0];
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        parts.repository.pin_backup(&scene.collection(), id, Some("audit")).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listing = scene.world.manager.list_backups(None).await.unwrap();
        assert!(!outcome.succeeded() || listing.backups[0].pin.is_some(), "{}", outcome.what);
    };
    let drill = Drill { mishaps: Mishap::ALL, prunes: false };
    Box::pin(drill.run(async || prepared.scene(), operation, check)).await;
}

#[tokio::test]
async fn removed_again() {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 1).await;
    let id = &prepared.ids[0];
    let setup = async || {
        let scene = prepared.scene();
        scene.world.reopened().pin_backup(&scene.collection(), id, None).await.unwrap();
        scene
    };
    let operation = async |scene: &Scene, parts: &Parts| -> Result<()> {
        parts.repository.unpin_backup(&scene.collection(), id).await.map(drop)
    };
    let check = async |scene: &Scene, outcome: &Outcome| {
        let listing = scene.world.manager.list_backups(None).await.unwrap();
        assert!(!outcome.succeeded() || listing.backups[0].pin.is_none(), "{}", outcome.what);
    };
    let drill = Drill { mishaps: Mishap::ALL, prunes: false };
    Box::pin(drill.run(setup, operation, check)).await;
}

/// A pin or a deletion of a backup, and whether it succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Pin,
    Deletion,
}

impl Change {
    async fn make(self, repository: &BackupRepository, collection: &CollectionRef, id: &BackupId) -> bool {
        match self {
            Self::Pin => repository.pin_backup(collection, id, None).await.is_ok(),
            Self::Deletion => repository.delete_backup(collection, id).await.is_ok(),
        }
    }
}

/// Makes a change with the other one in the middle of it, at each of its calls. A backup that was pinned is there, and one
/// that was deleted is not.
async fn with_the_other_in_the_middle(outer: Change, inner: Change) {
    let prepared = Prepared::backups(ServerModel::milvus_2_3(), 1).await;
    let id = &prepared.ids[0];
    for number in 0.. {
        let scene = prepared.scene();
        let (faults, collection) = (Faults::new(), scene.collection());
        let inner_succeeded = Arc::new(Mutex::new(None));
        let (made, beside) = (Arc::clone(&inner_succeeded), (scene.world.reopened(), collection.clone(), id.clone()));
        let hook = move || {
            let (made, (repository, collection, id)) = (Arc::clone(&made), beside.clone());
            async move {
                let succeeded = inner.make(&repository, &collection, &id).await;
                *made.lock().unwrap() = Some(succeeded);
            }
        };
        faults.inject(Point::any().nth(number), Fault::before(hook));
        let parts = Parts::faulty(&scene.world, &faults, Interrupt::never());
        let outer_succeeded = outer.make(&parts.repository, &collection, id).await;
        let Some(inner_succeeded) = *inner_succeeded.lock().unwrap() else {
            assert!(number > 3, "{outer:?}: only {number} calls");
            break;
        };
        let of = |change: Change| if outer == change { outer_succeeded } else { inner_succeeded };
        let what = format!("{inner:?} at call {number} of {outer:?}: {inner_succeeded} {outer_succeeded}");
        let listing = scene.world.manager.list_backups(None).await.unwrap();
        assert!(!of(Change::Pin) || listing.backups[0].pin.is_some(), "{what}");
        assert!(!of(Change::Deletion) || listing.backups.is_empty(), "{what}");
        let files = scene.world.files().await;
        assert!(!listing.backups.is_empty() || files.iter().all(|file| !file.contains("/pins/")), "{what}: {files:?}");
    }
}

#[tokio::test]
async fn with_a_deletion_in_the_middle() {
    Box::pin(with_the_other_in_the_middle(Change::Pin, Change::Deletion)).await;
}

#[tokio::test]
async fn in_the_middle_of_a_deletion() {
    Box::pin(with_the_other_in_the_middle(Change::Deletion, Change::Pin)).await;
}
