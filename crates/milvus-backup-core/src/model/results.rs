//! The results of the operations, with the members that `--json` prints.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{BackupState, BackupStorageType, VerificationType};
use super::metadata::BackupMetadata;
use crate::error::Error;
use crate::names::BackupId;
use crate::set_id::SetId;

/// The outcome of a create.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupResult {
    /// Whether the backup was committed and is complete.
    pub success: bool,
    /// The identifier of the backup; empty if the operation ended before one was assigned.
    pub backup_id: String,
    /// The name of the backup; empty if the operation ended before one was assigned.
    pub backup_name: String,
    /// The collection that was backed up.
    pub collection_name: String,
    /// The backend that holds the backup.
    pub storage_type: BackupStorageType,
    /// Directory of the backup below the root.
    pub storage_path: Option<String>,
    /// Bytes of all files of the backup.
    pub size_bytes: u64,
    /// Number of rows in the backup.
    pub row_count: u64,
    /// The state of the backup.
    pub state: BackupState,
    /// Wall time of the operation in milliseconds.
    pub execution_time_ms: u64,
    /// Human-readable descriptions of everything that cannot be restored exactly.
    pub limitations: Vec<String>,
    /// The error with its causes; `None` after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The set that the backup was made for, whether or not it is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_id: Option<SetId>,
    /// The metadata of the backup; `None` if it was not committed.
    pub metadata: Option<BackupMetadata>,
}

impl BackupResult {
    /// Returns the result of a committed backup, with an execution time of 0.
    pub fn of(metadata: BackupMetadata) -> Self {
        Self {
            success: metadata.failed_partitions.is_empty(),
            backup_id: metadata.backup_id.to_string(),
            backup_name: metadata.backup_name.clone(),
            collection_name: metadata.collection_name.to_string(),
            storage_type: metadata.storage_type,
            storage_path: Some(metadata.storage_path.clone()),
            size_bytes: metadata.size_bytes,
            row_count: metadata.row_count,
            state: metadata.effective_state(),
            execution_time_ms: 0,
            limitations: metadata.limitations.clone(),
            error_message: None,
            set_id: metadata.set_id.clone(),
            metadata: Some(metadata),
        }
    }

    /// Returns the result of a failure: `success = false`, state `FAILED`, and the error with its causes as text.
    pub fn from_error(collection: &str, storage_type: BackupStorageType, error: &Error) -> Self {
        Self {
            success: false,
            backup_id: String::new(),
            backup_name: String::new(),
            collection_name: collection.to_owned(),
            storage_type,
            storage_path: None,
            size_bytes: 0,
            row_count: 0,
            state: BackupState::Failed,
            execution_time_ms: 0,
            limitations: Vec::new(),
            error_message: Some(error.full_message()),
            set_id: None,
            metadata: None,
        }
    }

    /// Returns the size in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable size")]
    pub fn size_mb(&self) -> f64 {
        self.size_bytes as f64 / 1_048_576.0
    }
}

/// The outcome of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreResult {
    /// Whether the target holds every requested row.
    pub success: bool,
    /// The backup that was read.
    pub backup_id: BackupId,
    /// The collection that was backed up.
    pub source_collection_name: String,
    /// The collection that holds the restored rows.
    pub target_collection_name: String,
    /// Number of rows that were inserted and counted.
    pub rows_restored: u64,
    /// The restored partitions, in the order of the backup.
    pub partitions_restored: Vec<String>,
    /// Number of index definitions that were recreated.
    pub indexes_restored: u64,
    /// Whether the backup was verified before the restore without a finding.
    pub verification_passed: bool,
    /// Attributes of the source collection that the target lacks, because they were not requested.
    #[serde(default)]
    pub not_restored: Vec<NotRestored>,
    /// Human-readable descriptions of everything that could not be restored exactly.
    pub limitations: Vec<String>,
    /// The error with its causes; `None` after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Wall time of the operation in milliseconds.
    pub execution_time_ms: u64,
}

impl RestoreResult {
    /// Returns the result of a failure: `success = false`, and the error with its causes as text.
    pub fn from_error(backup_id: &BackupId, source: &str, target: &str, error: &Error) -> Self {
        Self {
            success: false,
            backup_id: backup_id.clone(),
            source_collection_name: source.to_owned(),
            target_collection_name: target.to_owned(),
            rows_restored: 0,
            partitions_restored: Vec::new(),
            indexes_restored: 0,
            verification_passed: false,
            not_restored: Vec::new(),
            limitations: Vec::new(),
            error_message: Some(error.full_message()),
            execution_time_ms: 0,
        }
    }
}

/// An attribute in a backup that was not restored, because it was not requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotRestored {
    /// The aliases of the collection.
    Aliases {
        /// The aliases that the collection had.
        names: Vec<String>,
    },
    /// The indexes of the collection.
    Indexes,
    /// The load state: the source was in memory, the restored collection is not.
    LoadState {
        /// The number of replicas in memory, if the server reported it.
        replicas: Option<u32>,
    },
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationResult {
    /// Whether the verification found no damage.
    pub success: bool,
    /// The backup that was read.
    pub backup_id: BackupId,
    /// The depth of the verification.
    pub verification_type: VerificationType,
    /// Whether all recomputed digests match.
    pub checksum_valid: bool,
    /// Number of files that were checked.
    pub files_verified: u64,
    /// Number of files with at least one finding.
    pub files_failed: u64,
    /// Number of bytes that were read.
    pub bytes_verified: u64,
    /// Number of row groups that were decoded and compared with their recorded digest.
    #[serde(default)]
    pub row_groups_verified: u64,
    /// Seed that selected the row groups of a quick verification: the same seed selects the same ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Human-readable descriptions of the references that the files, the rows or the definition were compared with.
    #[serde(default)]
    pub compared: Vec<String>,
    /// The damage that was found.
    pub errors: Vec<Finding>,
    /// Oddities that are not damage.
    pub warnings: Vec<String>,
    /// Time at which the verification ended (UTC).
    pub verified_at: Timestamp,
    /// Wall time of the verification in milliseconds.
    pub verification_time_ms: u64,
}

/// Damage that a verification found in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Path relative to the directory of the backup.
    pub file: String,
    /// The kind of the damage.
    pub kind: FindingKind,
    /// The value that the backup recorded.
    pub expected: String,
    /// The value that was found.
    pub actual: String,
    /// The finding as a sentence.
    pub message: String,
}

/// The kinds of [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// The file does not exist.
    Missing,
    /// The file is not listed in the backup.
    Unexpected,
    /// The size of the file differs.
    SizeMismatch,
    /// The digest of the file differs.
    ChecksumMismatch,
    /// The file cannot be parsed, or contradicts another file.
    Malformed,
    /// The file could not be read.
    Unreadable,
    /// The restored contents differ from the recorded ones.
    Differs,
}
