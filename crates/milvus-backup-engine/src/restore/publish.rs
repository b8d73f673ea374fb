//! The end of a restore: the collection gets its name and its aliases, or is dropped.

use std::collections::BTreeMap;

use milvus_backup_core::{CollectionChange, CollectionName, Error, ProgressEvent, Result};

use super::job::{Lifetime, Phase, RestoreJob};
use super::staged::Staged;
use super::target::Target;
use super::undo_step::Undo;
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
        let mut cleanup_failures = self.set_properties(filled, target).await?;
        cleanup_failures.extend(self.set_postponed(filled).await?);
        if *filled != self.target {
            // A rename that a killed restore had requested may have been carried out during this one.
            self.manager.rename_back(&self.target).await?;
            self.require_same_target().await?;
            let swapped = swap_names(milvus, filled, &self.target, self.randomness, self.params.drop_existing);
            cleanup_failures.extend(swapped.await?);
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

    /// Sets and removes the properties that had to wait for the rows. One that the server refuses is not set, since a newer
    /// version may refuse what an older one accepted. Returns these failures, as sentences.
    async fn set_properties(&self, collection: &CollectionName, target: &Target) -> Result<Vec<String>> {
        let milvus = self.manager.catalog.as_ref();
        if !target.changes_properties() {
            return Ok(Vec::new());
        }
        match milvus.alter_properties(collection, &target.late_properties, &target.removed_properties).await {
            Err(Error::Milvus { retryable: false, .. }) => {}
            altered => return altered.map(|()| Vec::new()),
        }
        let mut refused = Vec::new();
        for (property, value) in &target.late_properties {
            let one = BTreeMap::from([(property.clone(), value.clone())]);
            refused.extend(refusal(property, milvus.alter_properties(collection, &one, &[]).await)?);
        }
        for property in &target.removed_properties {
            let removed = milvus.alter_properties(collection, &BTreeMap::new(), std::slice::from_ref(property)).await;
            refused.extend(refusal(property, removed)?);
        }
        Ok(refused)
    }

    /// Sets the properties that the server refused when the collection was created. Returns those that it refuses again, as
    /// sentences.
    async fn set_postponed(&self, collection: &CollectionName) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for (property, value) in &self.postponed {
            let one = BTreeMap::from([(property.clone(), value.clone())]);
            match self.manager.catalog.alter_properties(collection, &one, &[]).await {
                // The user was not asked for this privilege.
                Err(error @ (Error::PermissionDenied { .. } | Error::Unsupported { .. })) => {
                    refused.push(not_restored(property, &error));
                }
                outcome => refused.extend(refusal(property, outcome)?),
            }
        }
        Ok(refused)
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

/// Returns the refusal of a property as a sentence, if it is one.
fn refusal(property: &str, outcome: Result<()>) -> Result<Option<String>> {
    match outcome {
        Err(error @ Error::Milvus { retryable: false, .. }) => Ok(Some(not_restored(property, &error))),
        outcome => outcome.map(|()| None),
    }
}

fn not_restored(property: &str, error: &Error) -> String {
    format!("property `{property}` is not restored: {}", error.full_message())
}
