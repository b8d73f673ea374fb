//! The input and the results of retention.

use std::collections::BTreeMap;
use std::fmt::Debug;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::version::BackupVersion;
use crate::names::BackupId;

/// Whether a policy keeps or deletes a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAction {
    /// The backup is kept by at least one rule.
    Keep,
    /// The backup is deleted, because no rule keeps it.
    Delete,
}

/// The decision of a policy on one backup, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The backup that was decided on.
    pub backup_id: BackupId,
    /// The collection of the backup, prefixed with the database unless it is the default one: `db.collection`.
    pub collection_name: String,
    /// Whether the backup is kept or deleted.
    pub action: DecisionAction,
    /// Human-readable descriptions of the rules that led to the decision.
    pub reasons: Vec<String>,
}

/// Decides which backups to keep. Implemented by `milvus-backup-retention`.
pub trait RetentionRules: Debug + Send + Sync {
    /// Returns one decision for each of `backups`, which may be in any order.
    fn decide(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<Decision>;

    /// Returns the warnings about `backups` before any of them is deleted, as one sentence each.
    fn warnings(&self, backups: &[BackupVersion], now: Timestamp) -> Vec<String> {
        let _ = (backups, now);
        Vec::new()
    }
}

/// The outcome of applying a retention policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionResult {
    /// Whether nothing was deleted, because only a report was requested.
    pub dry_run: bool,
    /// Number of backups that were examined.
    pub total_backups: u64,
    /// Number of backups that are kept.
    pub backups_to_keep: u64,
    /// Number of backups that are to be deleted.
    pub backups_to_delete: u64,
    /// Number of bytes that the deletions free.
    pub storage_to_free_bytes: u64,
    /// Space that the deletions free, in GiB.
    pub storage_to_free_gb: f64,
    /// The deleted backups, in the order of deletion; empty in a dry run.
    pub deleted_backup_ids: Vec<BackupId>,
    /// The decision on each backup.
    pub decisions: Vec<Decision>,
    /// Warnings about the backups, such as full backups with far fewer rows than the one before them.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl RetentionResult {
    /// Creates the report of applying `decisions`, which were made on `backups`.
    ///
    /// `deleted` are the backups that were actually deleted, in the order of deletion: none in a dry run, and fewer
    /// than decided if a deletion failed. The other numbers describe the decisions.
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

/// Returns the space that the deletions free, in bytes and in GiB.
///
/// Decisions on backups that are not among `backups` free nothing.
#[expect(clippy::cast_precision_loss, reason = "GiB are human-readable")]
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
