//! The steps of a restore that are undone at its end.

use milvus_backup_core::{CollectionName, PinnedCollection};

/// A step that a restore undoes at its end.
#[derive(Debug)]
pub(super) enum Undo {
    /// Lets go of the collection that has the name of the target.
    Unpin(PinnedCollection),
    /// Removes the collection that is filled from the staging register.
    Unregister(CollectionName),
    /// Drops the collection that is filled.
    Drop(CollectionName),
}
