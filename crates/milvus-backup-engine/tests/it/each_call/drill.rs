//! [`Drill`]: an operation with each mishap at each of its calls.

use std::collections::HashSet;

use futures::TryStreamExt;
use milvus_backup_core::{Catalog, Result};
use object_store::ObjectStore;

use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::Scene;
use super::source::Source;
use crate::world::bury;

/// An operation that is to meet mishaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drill<'a> {
    pub(super) mishaps: &'a [Mishap],
    /// Whether what is left is pruned before the operation is repeated.
    pub(super) prunes: bool,
}

impl Drill<'_> {
    /// Runs the operation with each of the mishaps at each of its calls, and looks at what there is then. After that it must
    /// succeed.
    ///
    /// `check` looks at both outcomes. A state that came about before is not looked at once more.
    pub(super) async fn run(
        self,
        setup: impl AsyncFn() -> Scene,
        operation: impl AsyncFn(&Scene, &Parts) -> Result<()>,
        check: impl AsyncFn(&Scene, &Outcome),
    ) {
        let mut states = HashSet::new();
        for mishap in self.mishaps {
            for number in 0.. {
                let scene = setup().await;
                let Some(outcome) = mishap.strike(number, &scene, &operation).await else {
                    assert!(number > 0, "{mishap:?}: no call was made");
                    break;
                };
                let now = scene.now().await;
                scene.require_source_as_before(now.as_ref(), &outcome);
                if *mishap == Mishap::LeaseLost {
                    scene.require_lease_of_the_other(&outcome).await;
                }
                if states.insert((scene.state(now.as_ref()).await, outcome.succeeded(), outcome.is_final())) {
                    self.look(&scene, &outcome, &operation, &check).await;
                }
            }
        }
    }

    /// Looks at the state after a mishap, and at the one after the operation succeeded then.
    async fn look(
        self,
        scene: &Scene,
        outcome: &Outcome,
        operation: &impl AsyncFn(&Scene, &Parts) -> Result<()>,
        check: &impl AsyncFn(&Scene, &Outcome),
    ) {
        scene.require_listed_whole(outcome).await;
        bury(&scene.world).await;
        if self.prunes {
            scene.require_nothing_for_good(outcome).await;
        }
        check(scene, outcome).await;
        let (scans, leases) = (scene.world.milvus.open_scans(), scene.leases().await);
        let repeated = outcome.repeated(operation(scene, &Parts::healthy(&scene.world)).await);
        check(scene, &repeated).await;
        assert_eq!(scene.world.milvus.open_scans(), scans, "{}", repeated.what);
        // A dead lease stays where the operation had no need of one.
        assert!(scene.leases().await.iter().all(|lease| leases.contains(lease)), "{}", repeated.what);
        assert_eq!(scene.world.repository.list_staging().await.unwrap(), [], "{}", repeated.what);
    }
}

impl Scene {
    pub(super) async fn leases(&self) -> Vec<String> {
        let mut files = self.world.files().await;
        files.retain(|file| file.contains("/locks/"));
        files
    }

    /// Everything that the course of the next operation depends on, as far as it is not the same in any case.
    async fn state(&self, now: Option<&Source>) -> String {
        let objects: Vec<_> = self.world.store.list(None).try_collect().await.unwrap();
        let files: Vec<String> = objects.iter().map(|object| format!("{} {}", object.location, object.size)).collect();
        let collections = self.world.milvus.list_collections().await.unwrap();
        let changed = now.filter(|now| self.source.as_ref() != Some(now));
        format!("{files:?} {collections:?} {changed:?}")
    }
}
