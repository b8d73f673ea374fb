//! The steps of a create that are undone at its end.

use std::sync::Arc;

use milvus_backup_core::{CollectionName, Lease, ScanSession, UnitWriters};

/// A step that a create undoes at its end.
#[derive(Debug)]
pub(super) enum Undo {
    /// Lets go of the collection.
    Unpin,
    /// Gives the lease back.
    Release(Arc<dyn Lease>),
    /// Releases from memory what was loaded.
    Unload(Loaded),
    /// Ends the protection of this name from compaction.
    Unprotect(CollectionName),
    /// Closes the session of the source.
    Close(Arc<dyn ScanSession>),
    /// Removes the files that were written, unless they are worth keeping.
    Discard(Option<Arc<dyn UnitWriters>>),
}

/// What a create loaded into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loaded {
    /// The collection with all its partitions.
    Collection,
    /// These partitions, and no others.
    Partitions(Vec<String>),
}
