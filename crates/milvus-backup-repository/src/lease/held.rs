//! A held lease: its epoch, its renewal, its check and its release.

use jiff::Timestamp;
use milvus_backup_core::Result;
use milvus_backup_storage::error::is_conflict;
use milvus_backup_storage::{Directory, Storage};
use tokio::sync::Mutex;

use super::document::{LeaseDocument, in_progress};
use super::files::{epochs, file_of, read_until};
use crate::documents::to_bytes;

/// The files of a lease that this process holds.
#[derive(Debug)]
pub(super) struct Held {
    storage: Storage,
    directory: Directory,
    resource: String,
    /// Locked while files are written, so that a release never interleaves.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    epoch: u64,
    document: LeaseDocument,
    lost: bool,
}

impl Held {
    pub(super) fn new(
        storage: Storage,
        directory: Directory,
        resource: String,
        epoch: u64,
        document: LeaseDocument,
    ) -> Self {
        Self { storage, directory, resource, state: Mutex::new(State { epoch, document, lost: false }) }
    }

    /// Renews the lease under the next epoch, which is created only if there is none. Returns false once another
    /// operation has the lease.
    ///
    /// A holder that was paused between any two of these steps creates nothing if another operation took over, or finds
    /// that its own epoch was deleted by the successor, and removes the one it created.
    pub(super) async fn renew(&self, now: Timestamp) -> Result<bool> {
        let mut state = self.state.lock().await;
        if !self.is_held(&mut state).await? {
            return Ok(false);
        }
        let (old, next) = (state.epoch, state.epoch + 1);
        let mut document = state.document.clone();
        document.renew(now);
        match self.directory.create_document(&file_of(next), to_bytes(&document)?).await {
            Ok(()) => {}
            Err(error) if is_conflict(&error) && self.directory.size(&file_of(next)).await?.is_some() => {
                state.lost = true;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        if !self.has_own(old, &state.document).await? {
            state.lost = true;
            self.directory.delete([file_of(next)]).await?;
            return Ok(false);
        }
        (state.epoch, state.document) = (next, document);
        self.directory.delete([file_of(old)]).await?;
        Ok(true)
    }

    /// Returns the epoch of the lease after confirming that it is still held.
    ///
    /// # Errors
    /// [`InProgress`](milvus_backup_core::Error::InProgress) if another operation took it over.
    pub(super) async fn check(&self) -> Result<u64> {
        let mut state = self.state.lock().await;
        if self.is_held(&mut state).await? {
            return Ok(state.epoch);
        }
        let holder = "another operation that considered this lock stale".to_owned();
        Err(in_progress(&self.resource, holder))
    }

    pub(super) async fn release(&self) {
        let mut state = self.state.lock().await;
        let released = match self.is_held(&mut state).await {
            Ok(true) => self.directory.delete([file_of(state.epoch)]).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        match released {
            Ok(()) => self.storage.remove_empty(self.directory.path()),
            Err(error) => tracing::warn!(error = error.full_message(), "cannot release the lock"),
        }
    }

    /// Returns whether the highest epoch is ours. A loss is permanent.
    async fn is_held(&self, state: &mut State) -> Result<bool> {
        if state.lost {
            return Ok(false);
        }
        let highest = epochs(&self.directory).await?.last().copied();
        let held =
            highest.is_none_or(|highest| highest <= state.epoch) && self.has_own(state.epoch, &state.document).await?;
        state.lost = !held;
        Ok(held)
    }

    async fn has_own(&self, epoch: u64, document: &LeaseDocument) -> Result<bool> {
        let ours = |found: &LeaseDocument| found.owner == document.owner;
        Ok(read_until(&self.directory, epoch, ours).await?.is_some_and(|found| ours(&found)))
    }
}
