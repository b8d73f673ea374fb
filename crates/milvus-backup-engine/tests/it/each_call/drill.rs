//! [`Drill`]: an operation with each mishap at each of its calls.

use std::collections::HashSet;

use milvus_backup_core::{Catalog, Result};

use super::mishap::{Mishap, Outcome};
use super::parts::Parts;
use super::scene::Scene;

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
    /// `check` looks at both outcomes. What comes after the same state is the same, and is looked at once.
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
                self.require_sound(&scene, &outcome).await;
                check(&scene, &outcome).await;
                if states.insert(scene.state().await) {
                    let (scans, leases) = (scene.world.milvus.open_scans(), scene.leases().await);
                    let repeated = outcome.repeated(operation(&scene, &Parts::healthy(&scene.world)).await);
                    check(&scene, &repeated).await;
                    assert_eq!(scene.world.milvus.open_scans(), scans, "{}", repeated.what);
                    // A dead lease stays where the operation had no need of one.
                    assert!(scene.leases().await.iter().all(|lease| leases.contains(lease)), "{}", repeated.what);
                    assert_eq!(scene.world.repository.list_staging().await.unwrap(), [], "{}", repeated.what);
                }
            }
        }
    }

    async fn require_sound(self, scene: &Scene, outcome: &Outcome) {
        scene.require_listed_whole(outcome).await;
        scene.require_source_as_before(outcome).await;
        if outcome.mishap == Mishap::LeaseLost {
            scene.require_lease_of_the_other(outcome).await;
        }
        scene.bury().await;
        if self.prunes {
            scene.require_nothing_for_good(outcome).await;
        }
    }
}

impl Scene {
    pub(super) async fn leases(&self) -> Vec<String> {
        let mut files = self.world.files().await;
        files.retain(|file| file.contains("/locks/"));
        files
    }

    /// Everything that the course of the next operation depends on.
    async fn state(&self) -> String {
        let collections = self.world.milvus.list_collections().await.unwrap();
        format!("{:?} {collections:?} {:?}", self.world.files().await, self.now().await)
    }
}
