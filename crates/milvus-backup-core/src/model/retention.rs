//! What retention looks at and what it reports.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::BackupState;
use super::metadata::BackupMetadata;
use crate::names::BackupId;

/// The part of a backup's metadata that a retention policy may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupVersion {
    /// Its identifier.
    pub backup_id: BackupId,
    /// Its name.
    pub backup_name: String,
    /// The database of the collection.
    pub database: String,
    /// The collection.
    pub collection_name: String,
    /// When it was started (UTC).
    pub created_at: Timestamp,
    /// Bytes of all its files.
    pub size_bytes: u64,
    /// Where it stands. Only whole backups count towards what a policy keeps.
    pub state: BackupState,
    /// Whether the last verification found nothing wrong.
    pub is_verified: bool,
    /// Free labels.
    pub tags: Vec<String>,
}

impl From<&BackupMetadata> for BackupVersion {
    fn from(metadata: &BackupMetadata) -> Self {
        Self {
            backup_id: metadata.backup_id.clone(),
            backup_name: metadata.backup_name.clone(),
            database: metadata.database.clone(),
            collection_name: metadata.collection_name.to_string(),
            created_at: metadata.created_at,
            size_bytes: metadata.size_bytes,
            state: metadata.state,
            is_verified: metadata.is_verified(),
            tags: metadata.tags.clone(),
        }
    }
}

/// Whether a policy keeps or deletes a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAction {
    /// The backup stays.
    Keep,
    /// No rule keeps the backup.
    Delete,
}

/// What a policy says of one backup, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The backup.
    pub backup_id: BackupId,
    /// Its collection, with the database in front where it is not the default one.
    pub collection_name: String,
    /// Keep or delete.
    pub action: DecisionAction,
    /// The rules that led there, in plain words.
    pub reasons: Vec<String>,
}

/// The outcome of applying a retention policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionResult {
    /// Whether deletions were only announced.
    pub dry_run: bool,
    /// Backups that were looked at.
    pub total_backups: u64,
    /// Backups that stay.
    pub backups_to_keep: u64,
    /// Backups that go.
    pub backups_to_delete: u64,
    /// Bytes that the deletions free.
    pub storage_to_free_bytes: u64,
    /// The same in GiB.
    pub storage_to_free_gb: f64,
    /// Backups that were deleted; empty in a dry run.
    pub deleted_backup_ids: Vec<BackupId>,
    /// What was decided of each backup.
    pub decisions: Vec<Decision>,
}
