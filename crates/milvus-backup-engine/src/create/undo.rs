//! What a create undoes at its end, whatever ends it.

use milvus_backup_core::{Error, ErrorKind, ProgressEvent, Result};

use super::job::{CreateJob, Phase};
use super::undo_step::{Loaded, Undo};

impl CreateJob<'_> {
    /// Undoes all steps after a failure, and returns the error to report.
    pub(super) async fn undone(&mut self, error: Error) -> Error {
        let mut resumable = false;
        while let Some(step) = self.undo.pop() {
            resumable |= self.undo_step(step, Some(&error)).await;
        }
        match self.phase {
            Phase::Preparing | Phase::Committed => error,
            Phase::Writing => Error::Backup {
                collection: self.collection.to_string(),
                backup_id: Some(self.backup_id.clone()),
                resumable,
                source: Box::new(error),
            },
        }
    }

    /// Undoes what reading took, as soon as nothing more is read: a verification need not wait in memory of the server.
    pub(super) async fn leave_as_found(&mut self) {
        self.undo.forget(|step| matches!(step, Undo::Discard(_)));
        while let Some(step) =
            self.undo.pop_if(|step| matches!(step, Undo::Unload(_) | Undo::Unprotect(_) | Undo::Close(_)))
        {
            self.undo_step(step, None).await;
        }
    }

    /// Undoes the steps that are left of a create that succeeded.
    pub(super) async fn finish(&mut self) {
        while let Some(step) = self.undo.pop() {
            self.undo_step(step, None).await;
        }
    }

    /// Undoes one step. What cannot be undone is a warning. Returns whether files were kept.
    async fn undo_step(&self, step: Undo, failure: Option<&Error>) -> bool {
        match step {
            Undo::Unpin => self.manager.unpin(&self.pin).await,
            Undo::Release(lease) => lease.release().await,
            Undo::Unload(loaded) => {
                if let Err(error) = self.unload(&loaded).await {
                    self.warn(format!("cannot release collection `{}`: {}", self.collection, error.full_message()));
                }
            }
            Undo::Unprotect(name) => self.unprotect(&name).await,
            Undo::Close(session) => {
                if let Err(error) = session.close().await {
                    self.warn(format!("cannot end the scan of `{}`: {}", self.collection, error.full_message()));
                }
            }
            Undo::Discard(writers) => {
                if let Some(writers) = writers {
                    writers.settle().await;
                }
                return self.keep_or_discard(failure).await;
            }
        }
        false
    }

    /// Releases what was loaded, whatever the collection is called by now.
    async fn unload(&self, loaded: &Loaded) -> Result<()> {
        let milvus = &self.manager.catalog;
        let Some(name) = milvus.locate_collection(&self.pin).await? else { return Ok(()) };
        match loaded {
            Loaded::Collection => milvus.release_collection(&name).await,
            Loaded::Partitions(partitions) => milvus.release_partitions(&name, partitions).await,
        }
    }

    /// Removes what was written. What can be resumed is kept where the reason may pass, such as a Milvus that is gone for
    /// a while, or where it had been kept before. Returns whether it was.
    async fn keep_or_discard(&self, failure: Option<&Error>) -> bool {
        let may_pass = |error: &Error| error.retryable() && error.kind() != ErrorKind::InProgress;
        let store = &self.manager.repository.store;
        let interrupted = store.interrupted(&self.collection, &self.backup_id).await;
        if (self.resumed || failure.is_some_and(may_pass))
            && interrupted.is_ok_and(|interrupted| interrupted.completed_chunks > 0)
        {
            return true;
        }
        if let Err(orphaned) = store.discard(&self.collection, &self.backup_id).await {
            self.warn(format!("cannot remove what the failed backup left: {}", orphaned.full_message()));
        }
        false
    }

    pub(super) fn warn(&self, message: String) {
        self.manager.repository.progress.event(ProgressEvent::Warning { message });
    }
}
