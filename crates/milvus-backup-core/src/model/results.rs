//! What each operation reports, in the members that `--json` prints.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{BackupState, BackupStorageType, VerificationType};
use super::metadata::BackupMetadata;
use crate::error::Error;
use crate::names::BackupId;

/// The outcome of a create.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupResult {
    /// Whether the backup was committed whole.
    pub success: bool,
    /// Its identifier; empty when the operation ended before one was given.
    pub backup_id: String,
    /// Its name; empty when the operation ended before one was given.
    pub backup_name: String,
    /// The collection.
    pub collection_name: String,
    /// The backend.
    pub storage_type: BackupStorageType,
    /// Directory of the backup below the root.
    pub storage_path: Option<String>,
    /// Bytes of all its files.
    pub size_bytes: u64,
    /// Rows in the backup.
    pub row_count: u64,
    /// Where the backup stands.
    pub state: BackupState,
    /// Wall time of the operation in milliseconds.
    pub execution_time_ms: u64,
    /// What cannot be brought back exactly.
    pub limitations: Vec<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// All that is known of the backup.
    pub metadata: Option<BackupMetadata>,
}

impl BackupResult {
    /// The failure-shaped result: `success = false`, state `FAILED`, and the error with its causes as text.
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
            metadata: None,
        }
    }

    /// Size in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
    pub fn size_mb(&self) -> f64 {
        self.size_bytes as f64 / 1_048_576.0
    }
}

/// The outcome of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreResult {
    /// Whether the target holds every row that was asked for.
    pub success: bool,
    /// The backup that was read.
    pub backup_id: BackupId,
    /// The collection that had been backed up.
    pub source_collection_name: String,
    /// The collection that now holds the rows.
    pub target_collection_name: String,
    /// Rows inserted and counted.
    pub rows_restored: u64,
    /// Partitions, in the order of the backup.
    pub partitions_restored: Vec<String>,
    /// Index definitions created again.
    pub indexes_restored: u64,
    /// Whether the backup was verified before the restore, and nothing was found wrong.
    pub verification_passed: bool,
    /// What the collection had when it was backed up, and does not have now: it was not asked for.
    #[serde(default)]
    pub not_restored: Vec<NotRestored>,
    /// What could not be brought back exactly.
    pub limitations: Vec<String>,
    /// Wall time of the operation in milliseconds.
    pub execution_time_ms: u64,
}

/// Something that a backup holds and that its restore did not bring back, since it was not asked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotRestored {
    /// Other names of the collection.
    Aliases {
        /// The aliases that it had.
        names: Vec<String>,
    },
    /// Its indexes.
    Indexes,
    /// It was in memory, and the restored one is not.
    LoadState {
        /// The copies that were in memory, where the server reported them.
        replicas: Option<u32>,
    },
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationResult {
    /// Whether nothing was found wrong.
    pub success: bool,
    /// The backup that was read.
    pub backup_id: BackupId,
    /// How deep the verification went.
    pub verification_type: VerificationType,
    /// Whether all digests that were recomputed agree.
    pub checksum_valid: bool,
    /// Files that were checked.
    pub files_verified: u64,
    /// Files with at least one finding.
    pub files_failed: u64,
    /// Bytes that were read.
    pub bytes_verified: u64,
    /// Row groups that were decoded and compared with their recorded digest.
    #[serde(default)]
    pub row_groups_verified: u64,
    /// What chose the row groups of a quick verification: the same seed chooses the same ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What the files, the rows or the definition were compared with, in plain words.
    #[serde(default)]
    pub compared: Vec<String>,
    /// What is wrong.
    pub errors: Vec<Finding>,
    /// What is odd but not wrong.
    pub warnings: Vec<String>,
    /// When the verification ended (UTC).
    pub verified_at: Timestamp,
    /// Wall time in milliseconds.
    pub verification_time_ms: u64,
}

/// What a verification found wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Path relative to the directory of the backup.
    pub file: String,
    /// What is wrong.
    pub kind: FindingKind,
    /// What the backup recorded.
    pub expected: String,
    /// What was found.
    pub actual: String,
    /// The same in a sentence.
    pub message: String,
}

/// The kinds of [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// The file is not there.
    Missing,
    /// The file is not listed.
    Unexpected,
    /// The size differs.
    SizeMismatch,
    /// The digest differs.
    ChecksumMismatch,
    /// The file cannot be parsed, or what it says contradicts another file.
    Malformed,
    /// The file could not be read.
    Unreadable,
    /// What a restore made of the file is not what the backup recorded.
    Differs,
}
