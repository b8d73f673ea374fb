//! The result of listing a store.

use crate::error::Error;
use crate::model::BackupMetadata;
use crate::names::{BackupId, CollectionRef};

/// The backups in a store, and the directories that look like backups but cannot be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The readable backups, newest first.
    pub backups: Vec<BackupMetadata>,
    /// The backups that cannot be read.
    pub broken: Vec<BrokenBackup>,
}

/// A committed backup whose metadata cannot be read.
#[derive(Debug)]
pub struct BrokenBackup {
    /// Its collection; `None` if the path does not identify it.
    pub collection: Option<CollectionRef>,
    /// Its identifier, as given by the path.
    pub backup_id: BackupId,
    /// The error of reading the metadata.
    pub error: Error,
}
