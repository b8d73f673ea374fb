//! What a restore undoes at its end, whatever ends it.

use milvus_backup_core::{CollectionName, Error, ProgressEvent, Result};

use super::job::{Phase, RestoreJob};
use super::undo_step::Undo;
use crate::maintain::SwapState;

impl RestoreJob<'_> {
    /// Undoes all steps after a failure, and returns the error to report.
    pub(super) async fn undone(&mut self, error: Error) -> Error {
        let error = match &self.existing {
            Some(pin) => self.manager.explained(pin, error).await,
            None => error,
        };
        while let Some(step) = self.undo.pop() {
            match step {
                Undo::Unpin(pin) => self.manager.unpin(&pin).await,
                Undo::Drop(_) if self.created_nothing(&error) => {}
                Undo::Drop(unfinished) => self.drop_staging(&unfinished).await,
                // If the response to a creation was lost, a collection may exist under the name of the target.
                Undo::Unregister(name) if name == self.target && !self.created && !is_refusal(&error) => {}
                Undo::Unregister(name) => self.manager.unregister_staging(&self.source, &name).await,
            }
        }
        match self.phase {
            Phase::Checking => error,
            Phase::Inserting | Phase::Published => self.failure(error),
        }
    }

    /// Undoes the remaining steps of a successful restore.
    pub(super) async fn finish(&mut self) {
        self.undo.forget(|step| !matches!(step, Undo::Unpin(_)));
        while let Some(Undo::Unpin(pin)) = self.undo.pop() {
            self.manager.unpin(&pin).await;
        }
    }

    /// Drops the collection that did not get the name of the target. One that cannot be dropped stays registered.
    async fn drop_staging(&mut self, unfinished: &CollectionName) {
        if let Err(left) = self.abandon(unfinished).await {
            self.undo.forget(|step| matches!(step, Undo::Unregister(_)));
            self.manager.repository.progress.event(ProgressEvent::Warning {
                message: format!(
                    "cannot drop `{unfinished}`: {}; it is removed when cleaning up after interrupted operations",
                    left.full_message()
                ),
            });
        }
    }

    /// Drops a collection after the swap of names is resolved.
    async fn abandon(&self, unfinished: &CollectionName) -> Result<()> {
        let catalog = self.manager.catalog.as_ref();
        SwapState::of(catalog, unfinished, &self.target).await?.resolve(catalog, &self.target).await?;
        catalog.drop_collection(unfinished).await
    }

    /// Returns whether Milvus refused to create the collection, so that there is nothing to drop.
    fn created_nothing(&self, error: &Error) -> bool {
        is_refusal(error) && !self.created
    }

    pub(super) fn failure(&self, source: Error) -> Error {
        let backup_id = self.backup.metadata.backup_id.clone();
        Error::Restore { backup_id, target: self.target.to_string(), source: Box::new(source) }
    }
}

/// Returns whether an error means that nothing was created.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error,
        Error::PermissionDenied { .. }
            | Error::Authentication { .. }
            | Error::ServerLimit { .. }
            | Error::Unsupported { .. }
    )
}
