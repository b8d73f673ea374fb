//! The end of a restore: the collection gets its name and its aliases, or is dropped.

use milvus_backup_core::{CollectionChange, CollectionName, Error, ProgressEvent, Result};

use super::job::{Lifetime, Phase, RestoreJob};
use super::staged::Staged;
use super::undo::Undo;
use crate::maintain::swap_names;

impl RestoreJob<'_> {
    /// Sets the properties, the final name and the aliases of the collection. Returns the cleanup steps that failed.
    pub(super) async fn publish(&mut self, staged: &Staged) -> Result<Vec<String>> {
        self.warn_all(staged.filled.failures());
        if self.params.into_existing {
            return Ok(Vec::new());
        }
        let (milvus, target) = (self.manager.catalog.as_ref(), &staged.target);
        let filled = &staged.plan.target;
        if target.changes_properties() {
            milvus.alter_properties(filled, &target.late_properties, &target.removed_properties).await?;
        }
        let mut cleanup_failures = Vec::new();
        if *filled != self.target {
            // A rename that a killed restore had requested may have been carried out during this one.
            self.manager.rename_back(&self.target).await?;
            self.require_same_target().await?;
            cleanup_failures =
                swap_names(milvus, filled, &self.target, self.randomness, self.params.drop_existing).await?;
        }
        self.phase = Phase::Published;
        self.undo.forget(|step| !matches!(step, Undo::Unpin(_)));
        // A staging collection has another name now. One that was filled under its own name remains temporary if its caller
        // drops it.
        if *filled != self.target || self.lifetime == Lifetime::Permanent {
            self.manager.unregister_staging(&self.source, filled).await;
        }
        if self.params.with_aliases {
            cleanup_failures.extend(self.restore_aliases(&self.target, &staged.plan.backup.metadata.aliases).await);
        }
        self.warn_all(cleanup_failures.iter().cloned());
        Ok(cleanup_failures)
    }

    /// Checks that the collection to replace is the one from the start. If it was dropped meanwhile, its name is unused, which
    /// is acceptable.
    async fn require_same_target(&self) -> Result<()> {
        let Some(pin) = self.existing.as_ref() else { return Ok(()) };
        match self.manager.require_unmoved(pin).await {
            Err(Error::CollectionChanged { change: CollectionChange::Dropped, .. }) => Ok(()),
            outcome => outcome,
        }
    }

    fn warn_all(&self, messages: impl IntoIterator<Item = String>) {
        for message in messages {
            self.manager.repository.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Creates the aliases that the collection does not have yet. Returns the failures, as sentences.
    async fn restore_aliases(&self, collection: &CollectionName, aliases: &[String]) -> Vec<String> {
        let mut failed = Vec::new();
        let present = match self.manager.catalog.describe_collection(collection).await {
            Ok(description) => description.aliases,
            Err(error) => return vec![format!("aliases are not restored: {}", error.full_message())],
        };
        for alias in aliases.iter().filter(|alias| !present.contains(alias)) {
            if let Err(error) = self.manager.catalog.create_alias(collection, alias).await {
                failed.push(format!("alias `{alias}` is not restored: {}", error.full_message()));
            }
        }
        failed
    }
}
