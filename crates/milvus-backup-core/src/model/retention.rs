//! What retention looks at and what it reports.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::BackupState;
use super::metadata::BackupMetadata;
use crate::names::{BackupId, DEFAULT_DATABASE};

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
    /// Its collection, with the database in front where it is not the default one: `db.collection`.
    pub collection_name: String,
    /// Keep or delete.
    pub action: DecisionAction,
    /// The rules that led there, in plain words.
    pub reasons: Vec<String>,
}

/// Decides which backups to keep. Implemented by `milvus-backup-retention`.
pub trait RetentionRules: Send + Sync {
    /// One decision for each of `backups`, which may come in any order.
    fn decide(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<Decision>;
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

impl RetentionResult {
    /// Counts what was decided. Sizes are those of the backups that go.
    pub fn new(backups: &[BackupVersion], decisions: Vec<Decision>, dry_run: bool, deleted: Vec<BackupId>) -> Self {
        let name = |backup: &BackupVersion| {
            if backup.database == DEFAULT_DATABASE {
                backup.collection_name.clone()
            } else {
                format!("{}.{}", backup.database, backup.collection_name)
            }
        };
        let doomed: BTreeSet<(&BackupId, &str)> = decisions
            .iter()
            .filter(|decision| decision.action == DecisionAction::Delete)
            .map(|decision| (&decision.backup_id, decision.collection_name.as_str()))
            .collect();
        let going = backups.iter().filter(|backup| doomed.contains(&(&backup.backup_id, name(backup).as_str())));
        let storage_to_free_bytes = going.fold(0_u64, |sum, backup| sum.saturating_add(backup.size_bytes));
        let to_delete = doomed.len() as u64;
        #[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
        let storage_to_free_gb = storage_to_free_bytes as f64 / 1_073_741_824.0;
        Self {
            dry_run,
            total_backups: backups.len() as u64,
            backups_to_keep: (backups.len() as u64).saturating_sub(to_delete),
            backups_to_delete: to_delete,
            storage_to_free_bytes,
            storage_to_free_gb,
            deleted_backup_ids: deleted,
            decisions,
        }
    }
}
