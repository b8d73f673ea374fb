//! What a store finds when it is listed.

use crate::error::Error;
use crate::model::BackupMetadata;
use crate::names::{BackupId, CollectionRef};

/// Backups found, and directories that look like backups but cannot be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// Newest first.
    pub backups: Vec<BackupMetadata>,
    /// What could not be read.
    pub broken: Vec<BrokenBackup>,
}

/// A committed backup whose metadata cannot be read.
#[derive(Debug)]
pub struct BrokenBackup {
    /// Its collection, as far as its place tells.
    pub collection: Option<CollectionRef>,
    /// Its identifier, from its place.
    pub backup_id: BackupId,
    /// What is wrong with it.
    pub error: Error,
}
