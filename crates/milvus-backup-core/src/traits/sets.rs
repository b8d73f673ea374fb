//! The records of sets of backups in a repository.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::{Error, Result};
use crate::model::BackupSet;
use crate::set_id::SetId;

/// The sets in a store, and those that cannot be read.
#[derive(Debug, Default)]
pub struct SetListing {
    /// The readable sets, newest first.
    pub sets: Vec<BackupSet>,
    /// The sets that cannot be read, with the errors of reading them.
    pub broken: Vec<(SetId, Error)>,
}

/// Records which backups one operation made.
///
/// # Errors
/// Every method fails with [`crate::Error::Storage`] if the store cannot be read or written to. The methods list only
/// their specific errors.
#[async_trait]
pub trait SetRecords: Send + Sync + Debug {
    /// Records a set whose members are committed, in one step.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] if it exists with other contents.
    async fn commit_set(&self, set: &BackupSet) -> Result<()>;

    /// Lists the records of all sets.
    async fn list_sets(&self) -> Result<SetListing>;

    /// Reads one set, and checks its digest.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`], [`crate::Error::UnsupportedFormatVersion`].
    async fn read_set(&self, set_id: &SetId) -> Result<BackupSet>;

    /// Removes the record of a set, and none of its members. One that does not exist is not an error.
    async fn forget_set(&self, set_id: &SetId) -> Result<()>;
}
