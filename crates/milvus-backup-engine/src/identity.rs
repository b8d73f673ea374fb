//! Ensures that an operation works on the same collection from beginning to end.

use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{
    BackupId, CollectionChange, CollectionMark, CollectionName, Error, ErrorKind, PinnedCollection, ProgressEvent,
    Result,
};

use crate::{BackupManager, SAFETY_AGE};

/// Returns the start time of the operation that created this alias to mark a collection.
fn marked_at(mark: &CollectionName) -> Option<Timestamp> {
    let id = mark.as_str().strip_prefix(CollectionMark::PREFIX)?.replace('_', "-");
    id.parse::<BackupId>().ok()?.time()
}

/// Time limit for removing a temporary alias: a server that hangs must not delay the end of an operation.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// Time limit for checking, after a failure, whether the collection has changed.
const DIAGNOSIS: Duration = Duration::from_secs(10);

impl BackupManager {
    /// Pins the collection that `name` refers to, until [`Self::unpin`].
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`] if the name is unused.
    pub(crate) async fn pin(&self, name: &CollectionName) -> Result<PinnedCollection> {
        // Not the identifier of a backup: a resumed one would meet the mark of the run that was killed.
        let environment = &self.repository.environment;
        let id = BackupId::new(environment.clock.now(), environment.entropy.bytes()?);
        let mark = format!("{}{}", CollectionMark::PREFIX, id.as_str().replace('-', "_")).parse()?;
        let pin = match self.catalog.pin_collection(name, &mark).await {
            Ok(pin) => pin,
            Err(error) => {
                self.forget_mark(name, mark, &error).await;
                return Err(error);
            }
        };
        if matches!(pin.mark, CollectionMark::Alias(_)) {
            self.remove_stale_marks(&pin).await;
        }
        Ok(pin)
    }

    /// Removes an alias whose creation failed: if the response was lost, it may exist. If it remains all the same, it is
    /// removed once it is old.
    async fn forget_mark(&self, name: &CollectionName, mark: CollectionName, error: &Error) {
        if error.retryable() {
            let mark = CollectionMark::Alias(mark);
            let _ = self.try_unpin(&PinnedCollection { asked: name.clone(), name: name.clone(), mark }).await;
        }
    }

    /// Removes the aliases of killed operations on this collection.
    async fn remove_stale_marks(&self, pin: &PinnedCollection) {
        let oldest = self.repository.environment.clock.now() - SAFETY_AGE;
        for mark in self.catalog.list_marks(&pin.name).await.unwrap_or_default() {
            if marked_at(&mark).is_some_and(|time| time < oldest) {
                self.unpin(&PinnedCollection { mark: CollectionMark::Alias(mark), ..pin.clone() }).await;
            }
        }
    }

    /// Unpins a collection, even after an interrupt. A failure, or a delay of more than seconds, is a warning.
    pub(crate) async fn unpin(&self, pin: &PinnedCollection) {
        if let Err(error) = self.try_unpin(pin).await {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot remove the temporary alias of `{}`: {}", pin.name, error.full_message()),
            });
        }
    }

    async fn try_unpin(&self, pin: &PinnedCollection) -> Result<()> {
        let unpinned = self.repository.environment.within(CLEAN_UP, self.catalog.unpin_collection(pin)).await;
        unpinned.unwrap_or(Err(Error::DeadlineExceeded { seconds: CLEAN_UP.as_secs() }))
    }

    /// Compares the pinned collection with the one that its names refer to now.
    ///
    /// # Errors
    /// [`Error::CollectionChanged`] if they differ.
    pub(crate) async fn require_unmoved(&self, pin: &PinnedCollection) -> Result<()> {
        let located = self.catalog.locate_collection(pin).await?;
        let means = self.catalog.resolve_collection(&pin.asked).await?;
        match CollectionChange::between(pin, located.as_ref(), means.as_ref()) {
            Some(change) => Err(Error::CollectionChanged { collection: pin.name.to_string(), change }),
            None => Ok(()),
        }
    }

    /// Returns the error to report for an operation on a pinned collection: if the collection has changed, that change, since
    /// the failure is only its consequence.
    pub(crate) async fn explained(&self, pin: &PinnedCollection, error: Error) -> Error {
        let stopped = [ErrorKind::Interrupted, ErrorKind::DeadlineExceeded, ErrorKind::Unreachable, ErrorKind::Storage];
        if stopped.contains(&error.kind()) {
            return error;
        }
        match self.repository.environment.bounded(DIAGNOSIS, self.require_unmoved(pin)).await {
            Err(changed @ Error::CollectionChanged { .. }) => changed,
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_mark_says_how_old_it_is() {
        let mark = "milvus_br_pin_20261122T073015Z_4f9c2a7e".parse().unwrap();
        assert_eq!(marked_at(&mark), Some("2026-11-22T07:30:15Z".parse().unwrap()));
        assert_eq!(marked_at(&"milvus_br_pin_x".parse().unwrap()), None);
    }
}
