//! The reasons why an attempt to freeze segments ends without a set of them.

use milvus_backup_core::Error;

/// The reason why an attempt ends without a set of segments.
#[derive(Debug)]
pub(crate) enum Unsettled {
    /// The segments changed in a way from which completeness does not follow. An attempt at a later moment may succeed.
    Again(String),
    /// The server or the storage failed.
    Failed(Error),
}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
