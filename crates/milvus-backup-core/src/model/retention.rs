//! What retention looks at and what it reports.

use std::collections::BTreeMap;

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
            state: metadata.effective_state(),
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

impl BackupVersion {
    /// The collection, with the database in front where it is not the default one: `db.collection`.
    pub fn collection_label(&self) -> String {
        if self.database.is_empty() || self.database == DEFAULT_DATABASE {
            self.collection_name.clone()
        } else {
            format!("{}.{}", self.database, self.collection_name)
        }
    }
}

impl RetentionResult {
    /// The report of applying `decisions`, which were made on `backups`.
    ///
    /// `deleted` are those that were deleted indeed, in the order of deletion: none in a dry run, and fewer than
    /// decided where a deletion failed. The other numbers tell what was decided.
    pub fn new(backups: &[BackupVersion], decisions: Vec<Decision>, dry_run: bool, deleted: Vec<BackupId>) -> Self {
        let (storage_to_free_bytes, storage_to_free_gb) = calculate_storage_savings(backups, &decisions);
        let total_backups = decisions.len() as u64;
        let to_delete = decisions.iter().filter(|decision| decision.action == DecisionAction::Delete).count() as u64;
        Self {
            dry_run,
            total_backups,
            backups_to_keep: total_backups - to_delete,
            backups_to_delete: to_delete,
            storage_to_free_bytes,
            storage_to_free_gb,
            deleted_backup_ids: deleted,
            decisions,
        }
    }
}

/// What deleting would free: in bytes, and the same in GiB.
///
/// Decisions on backups that are not among `backups` free nothing.
#[expect(clippy::cast_precision_loss, reason = "GiB are for people to read")]
pub fn calculate_storage_savings(backups: &[BackupVersion], decisions: &[Decision]) -> (u64, f64) {
    let sizes: BTreeMap<(&BackupId, String), u64> =
        backups.iter().map(|backup| ((&backup.backup_id, backup.collection_label()), backup.size_bytes)).collect();
    let freed = decisions
        .iter()
        .filter(|decision| decision.action == DecisionAction::Delete)
        .filter_map(|decision| sizes.get(&(&decision.backup_id, decision.collection_name.clone())))
        .fold(0_u64, |sum, size| sum.saturating_add(*size));
    (freed, freed as f64 / 1_073_741_824.0)
}
