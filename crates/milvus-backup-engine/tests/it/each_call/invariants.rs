//! What must hold whatever went wrong.

use milvus_backup_core::{Catalog, VerificationParams};

use super::mishap::Outcome;
use super::scene::Scene;
use super::source::Source;

impl Scene {
    /// What is listed is whole.
    pub(super) async fn require_listed_whole(&self, Outcome { what, .. }: &Outcome) {
        let listing = self.world.manager.list_backups(None).await.unwrap();
        assert_eq!(listing.broken.len(), 0, "{what}");
        for metadata in listing.backups {
            let collection = metadata.collection().unwrap();
            let params = VerificationParams::checksum();
            let verified = self.world.manager.verify_backup(&collection, &metadata.backup_id, &params).await.unwrap();
            assert!(verified.success, "{what}: {verified:?}");
        }
    }

    /// The collection is as it was. What could not be put back has a warning, or nobody was there any more to do so.
    pub(super) fn require_source_as_before(&self, now: Option<&Source>, outcome: &Outcome) {
        let (Some(before), what) = (&self.source, &outcome.what) else { return };
        let Some(now) = now else { panic!("{what}: it is gone") };
        assert_eq!(now.description, before.description, "{what}");
        assert_eq!(now.texts, before.texts, "{what}");
        if outcome.is_final() {
            return;
        }
        let warnings = self.world.warnings.all();
        let warned = |text: &str| warnings.iter().any(|warning| warning.contains(text));
        let released = now.load_states == before.load_states;
        assert!(released || warned("cannot release"), "{what}: {now:?} {warnings:?}");
        assert!(now.marks.is_empty() || warned("cannot remove the temporary alias"), "{what}: {now:?} {warnings:?}");
        assert!(self.world.milvus.open_scans() == 0 || outcome.is_at("close"), "{what}: {warnings:?}");
    }

    /// Once the process is dead, a prune removes everything but the backups that are listed and leases that nobody
    /// holds.
    pub(super) async fn require_nothing_for_good(&self, Outcome { what, .. }: &Outcome) {
        let repository = self.world.reopened();
        repository.prune_incomplete_backups(false).await.unwrap();
        self.world.manager.prune_staging_collections(false).await.unwrap();
        let listed = self.world.manager.list_backups(None).await.unwrap().backups;
        let mut left = self.world.files().await;
        left.retain(|file| {
            !file.contains("/locks/") && listed.iter().all(|backup| !file.contains(backup.backup_id.as_str()))
        });
        // What a restore fills under its final name, where the server cannot rename, is noted until it is dropped by hand.
        if !self.world.milvus.capabilities().await.unwrap().rename {
            left.retain(|file| !file.contains("/restores/"));
        }
        assert_eq!(left, Vec::<String>::new(), "{what}");
    }
}
