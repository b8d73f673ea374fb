//! The end of a restore: the collection gets its name and its aliases, or is dropped.

use std::sync::atomic::Ordering;

use milvus_backup_core::{BackupId, CollectionChange, CollectionName, Error, ProgressEvent, RestoreParams, Result};

use super::attempt::Attempt;
use super::staged::Staged;
use crate::BackupManager;
use crate::maintain::{Exchange, exchange_names};

impl BackupManager {
    /// Gives the collection its properties, its name and its aliases. Returns what could not be tidied up.
    pub(super) async fn publish(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        staged: &Staged,
    ) -> Result<Vec<String>> {
        self.warn_all(staged.filled.failures());
        if params.into_existing {
            return Ok(Vec::new());
        }
        let (milvus, target) = (self.milvus.as_ref(), &staged.target);
        let filled = &staged.plan.target;
        if target.changes_properties() {
            milvus.alter_properties(filled, &target.late_properties, &target.removed_properties).await?;
        }
        let mut untidy = Vec::new();
        if *filled != attempt.target {
            // A rename that a dead restore had asked for may have been carried out while this one ran.
            self.give_name_back(&attempt.target).await?;
            self.require_same_target(attempt).await?;
            untidy = exchange_names(milvus, filled, &attempt.target, attempt.randomness, params.drop_existing).await?;
        }
        attempt.touched.store(false, Ordering::Release);
        self.forget_unfinished(&attempt.source, filled).await;
        if params.with_aliases {
            untidy.extend(self.restore_aliases(&attempt.target, &staged.plan.backup.metadata.aliases).await);
        }
        self.warn_all(untidy.iter().cloned());
        Ok(untidy)
    }

    /// The collection to replace must be the one that there was at the start. Where it was dropped meanwhile, the name is
    /// free, which is as good.
    async fn require_same_target(&self, attempt: &Attempt) -> Result<()> {
        let Some(pin) = attempt.existing.get() else { return Ok(()) };
        match self.require_unmoved(pin).await {
            Err(Error::CollectionChanged { change: CollectionChange::Dropped, .. }) => Ok(()),
            outcome => outcome,
        }
    }

    fn warn_all(&self, messages: impl IntoIterator<Item = String>) {
        for message in messages {
            self.repository.progress.event(ProgressEvent::Warning { message });
        }
    }

    /// Creates the aliases that the collection does not have yet. Returns what did not work.
    async fn restore_aliases(&self, collection: &CollectionName, aliases: &[String]) -> Vec<String> {
        let mut failed = Vec::new();
        let present = match self.milvus.describe_collection(collection).await {
            Ok(description) => description.aliases,
            Err(error) => return vec![format!("aliases are not restored: {}", error.full_message())],
        };
        for alias in aliases.iter().filter(|alias| !present.contains(alias)) {
            if let Err(error) = self.milvus.create_alias(collection, alias).await {
                failed.push(format!("alias `{alias}` is not restored: {}", error.full_message()));
            }
        }
        failed
    }

    /// Drops a collection that did not get the name `target`, once the one that has, or had, that name has it.
    pub(super) async fn abandon(&self, doomed: &CollectionName, target: &CollectionName) -> Result<()> {
        let milvus = self.milvus.as_ref();
        Exchange::of(milvus, doomed, target).await?.settle(milvus, target).await?;
        milvus.drop_collection(doomed).await
    }

    /// Undoes a restore that failed, and returns the error to report.
    pub(super) async fn undone(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        backup_id: &BackupId,
        error: Error,
    ) -> Error {
        let error = match attempt.existing.get() {
            Some(pin) => self.explained(pin, error).await,
            None => error,
        };
        self.drop_unfinished(attempt, params, backup_id, error).await
    }

    /// Drops the unfinished collection of a failed restore, and returns the error to report.
    async fn drop_unfinished(
        &self,
        attempt: &Attempt,
        params: &RestoreParams,
        backup_id: &BackupId,
        error: Error,
    ) -> Error {
        if !attempt.touched.load(Ordering::Acquire) {
            return error;
        }
        // What was inserted into a collection of the user stays: it cannot be told from the other rows.
        if let Some(doomed) = attempt.doomed().filter(|_| !params.into_existing) {
            if attempt.created_nothing(&error) {
                self.forget_unfinished(&attempt.source, doomed).await;
                return attempt.failure(backup_id, error);
            }
            match self.abandon(doomed, &attempt.target).await {
                Ok(()) => self.forget_unfinished(&attempt.source, doomed).await,
                Err(leftover) => self.repository.progress.event(ProgressEvent::Warning {
                    message: format!(
                        "cannot drop `{doomed}`: {}; it is removed with what other interrupted operations left",
                        leftover.full_message()
                    ),
                }),
            }
        }
        attempt.failure(backup_id, error)
    }
}
