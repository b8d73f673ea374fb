//! A held lease: its epoch, its renewal, its check and its release.

use std::sync::Arc;

use jiff::Timestamp;
use milvus_backup_core::{Clock, Result};
use milvus_backup_storage::error::is_conflict;
use milvus_backup_storage::{Directory, Storage};
use tokio::sync::Mutex;

use super::confirmation::Confirmation;
use super::document::{LeaseDocument, in_progress};
use super::files::{Epoch, epochs, file_of, read_until};
use crate::documents::to_bytes;

/// The files of a lease that this process holds.
#[derive(Debug)]
pub(super) struct Held {
    storage: Storage,
    directory: Directory,
    resource: String,
    clock: Arc<dyn Clock>,
    /// Locked while files are written, so that a release never interleaves.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    epoch: Epoch,
    document: LeaseDocument,
    /// The last time at which the store showed that it was held.
    confirmed: Confirmation,
    lost: bool,
}

impl Held {
    pub(super) fn new(
        storage: Storage,
        directory: Directory,
        resource: String,
        clock: Arc<dyn Clock>,
        (epoch, document): (Epoch, LeaseDocument),
        confirmed: Confirmation,
    ) -> Self {
        let state = Mutex::new(State { epoch, document, confirmed, lost: false });
        Self { storage, directory, resource, clock, state }
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
        let (old, next) = (state.epoch.number, state.epoch.number + 1);
        let mut document = state.document.clone();
        document.renew(now);
        let e_tag = match self.directory.create_document(&file_of(next), to_bytes(&document)?).await {
            Ok(e_tag) => e_tag,
            Err(error) if is_conflict(&error) && self.directory.size(&file_of(next)).await?.is_some() => {
                state.lost = true;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        if !self.has_own(old, &state.document).await? {
            state.lost = true;
            self.directory.delete([file_of(next)]).await?;
            return Ok(false);
        }
        (state.epoch, state.document) = (Epoch { number: next, e_tag }, document);
        self.directory.delete([file_of(old)]).await?;
        Ok(true)
    }

    /// Returns the epoch of the lease after confirming that it is still held.
    ///
    /// # Errors
    /// [`InProgress`](milvus_backup_core::Error::InProgress) if another operation took it over.
    pub(super) async fn check(&self) -> Result<u64> {
        let mut state = self.state.lock().await;
        let held = self.is_held(&mut state).await?;
        self.epoch_if(held, &state)
    }

    /// Returns the epoch of the lease like [`Self::check`], but asks the store only if the lease was not confirmed a
    /// moment ago.
    ///
    /// # Errors
    /// The same errors as [`Self::check`].
    pub(super) async fn epoch(&self) -> Result<u64> {
        let mut state = self.state.lock().await;
        let held = self.is_held_or_was_just_now(&mut state).await?;
        self.epoch_if(held, &state)
    }

    fn epoch_if(&self, held: bool, state: &State) -> Result<u64> {
        if held {
            return Ok(state.epoch.number);
        }
        let holder = "another operation that considered this lock stale".to_owned();
        Err(in_progress(&self.resource, holder))
    }

    /// Releases the lease. What is deleted by mistake, if another operation took the lease over although it was
    /// confirmed a moment ago, is an epoch of its own number: the other one then finds that it has lost.
    pub(super) async fn release(&self) {
        let mut state = self.state.lock().await;
        let released = match self.is_held_or_was_just_now(&mut state).await {
            Ok(true) => self.directory.delete([file_of(state.epoch.number)]).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        match released {
            Ok(()) => self.storage.remove_empty(self.directory.path()),
            Err(error) => tracing::warn!(error = error.full_message(), "cannot release the lock"),
        }
    }

    async fn is_held_or_was_just_now(&self, state: &mut State) -> Result<bool> {
        if !state.lost && state.confirmed.is_recent(self.clock.as_ref()) {
            return Ok(true);
        }
        self.is_held(state).await
    }

    /// Returns whether the highest epoch is ours, and its file still the one that was created: by its entity tag, or by
    /// its content. A loss is permanent.
    async fn is_held(&self, state: &mut State) -> Result<bool> {
        if state.lost {
            return Ok(false);
        }
        let asked = Confirmation::now(self.clock.as_ref());
        let epochs = epochs(&self.directory).await?;
        let held = match epochs.last() {
            Some(highest) if highest.number > state.epoch.number => false,
            Some(highest) if highest.e_tag.is_some() && *highest == state.epoch => true,
            _ => self.has_own(state.epoch.number, &state.document).await?,
        };
        if held {
            state.confirmed = asked;
        }
        state.lost = !held;
        Ok(held)
    }

    async fn has_own(&self, epoch: u64, document: &LeaseDocument) -> Result<bool> {
        let ours = |found: &LeaseDocument| found.owner == document.owner;
        Ok(read_until(&self.directory, epoch, ours).await?.is_some_and(|found| ours(&found)))
    }
}
