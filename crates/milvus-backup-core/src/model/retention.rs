//! What retention looks at and what it reports.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::version::BackupVersion;
use crate::names::BackupId;

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

    /// Returns what a person should know about `backups` before any of them is deleted, one sentence each.
    fn warnings(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<String> {
        let _ = (backups, now);
        Vec::new()
    }
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
    /// What a person should know about the backups: full backups that hold far fewer rows than the one before them.
    #[serde(default)]
    pub warnings: Vec<String>,
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
            warnings: Vec::new(),
        }
    }

    /// Adds the warnings of the rules, see [`RetentionRules::warnings`].
    #[must_use]
    pub fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
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
