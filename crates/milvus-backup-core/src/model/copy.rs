//! The result of a copy of a backup to another repository.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::names::BackupId;

/// What became of the copy of one backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyResult {
    /// Whether the destination holds the complete backup.
    pub success: bool,
    /// The backup, with the same identifier in both repositories.
    pub backup_id: BackupId,
    /// The collection of the backup.
    pub collection_name: String,
    /// The repository that the backup was copied from, without credentials.
    pub source: String,
    /// The repository that the backup was copied to, without credentials.
    pub destination: String,
    /// Whether the destination held an equal backup before, so that nothing was copied.
    pub already_present: bool,
    /// Number of files that were copied now, the commit included.
    pub files_copied: u64,
    /// Number of files that an earlier attempt had copied, and whose digests are correct.
    pub files_resumed: u64,
    /// Number of bytes of the files that were copied now.
    pub bytes_copied: u64,
    /// Duration of the copy in milliseconds.
    pub execution_time_ms: u64,
    /// The error, if the copy failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl CopyResult {
    /// Returns the result of a copy that has not moved anything yet.
    pub fn of(backup_id: BackupId, collection_name: String, source: String, destination: String) -> Self {
        Self {
            success: false,
            backup_id,
            collection_name,
            source,
            destination,
            already_present: false,
            files_copied: 0,
            files_resumed: 0,
            bytes_copied: 0,
            execution_time_ms: 0,
            error_message: None,
        }
    }

    /// Returns the same result for a copy that failed.
    #[must_use]
    pub fn failed(self, error: &Error) -> Self {
        Self { success: false, error_message: Some(error.full_message()), ..self }
    }
}
