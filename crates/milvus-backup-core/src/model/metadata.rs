//! `metadata.json`: the document whose presence is the commit of a backup.
//!
//! Must always hold: the document contains no floating-point numbers and no integer beyond 2^53, so that its
//! RFC 8785 canonical form is the same for every reader. Wider integers (timestamps, primary keys) are strings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{
    BackupState, BackupStorageType, BackupType, ChecksumAlgorithm, CompressionCodec, Consistency, VerificationType,
};
use super::results::VerificationResult;
use crate::names::{BackupId, CollectionName};

/// The newest repository format this version writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// The summary of one backup, as in `metadata.json`: a few KiB, whatever the size of the backup. Its data files are in the
/// [`BackupManifest`](super::BackupManifest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMetadata {
    /// Version of the repository format, see [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Sortable, unique identifier.
    pub backup_id: BackupId,
    /// Name given by the user, unique within the collection.
    pub backup_name: String,
    /// The database of the collection, `default` unless another was named.
    pub database: String,
    /// The collection that was backed up, without its database.
    pub collection_name: CollectionName,
    /// When the backup was started (UTC).
    pub created_at: Timestamp,
    /// When the backup was committed (UTC).
    pub completed_at: Timestamp,
    /// Whole collection or named partitions.
    pub backup_type: BackupType,
    /// Where the backup stands, with its verifications taken into account. `metadata.json` records the outcome of the
    /// backup only: [`BackupState::Completed`] or [`BackupState::PartiallyCompleted`].
    pub state: BackupState,
    /// The backend that holds it.
    pub storage_type: BackupStorageType,
    /// Directory of the backup, relative to the root of the repository.
    pub storage_path: String,
    /// Rows in all partitions of this backup.
    pub row_count: u64,
    /// Bytes of all files of the backup except `metadata.json` and `verification.json`.
    pub size_bytes: u64,
    /// Bytes of the column values before encoding and compression.
    pub uncompressed_size_bytes: u64,
    /// Bytes of the data files as stored.
    pub compressed_size_bytes: u64,
    /// Whether a compression codec was asked for.
    pub compression_enabled: bool,
    /// The codec that was asked for; a column that does not shrink is stored as it is.
    pub compression_codec: CompressionCodec,
    /// The level that was asked for, 1 to 9.
    pub compression_level: u8,
    /// Whether index definitions were saved.
    pub include_indexes: bool,
    /// The digest used in `checksums.json`, [`BackupMetadata::checksum`] and [`BackupMetadata::manifest_checksum`].
    pub checksum_algorithm: ChecksumAlgorithm,
    /// Digest of `checksums.json`, lower-case hexadecimal.
    pub checksum: String,
    /// Digest of `manifest.json`, lower-case hexadecimal.
    pub manifest_checksum: String,
    /// Number of the lease under which the backup was committed. A later lease of the collection has a higher one.
    pub lease_epoch: u64,
    /// Names of the partitions in this backup, in the order of the manifest.
    pub partition_names: Vec<String>,
    /// The partitions that were to be in this backup, but failed. Not empty only when it is
    /// [`BackupState::PartiallyCompleted`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_partitions: Vec<FailedPartition>,
    /// What the rows have in common in time.
    pub consistency: Consistency,
    /// The hybrid timestamp of the read point, as a decimal string; absent where the server has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_timestamp: Option<String>,
    /// The address of the server that was read, without credentials; for a Milvus Lite file the path that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milvus_uri: Option<String>,
    /// Version text of the server that was read.
    pub milvus_version: String,
    /// Version of the program that wrote the backup.
    pub created_by: String,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Other names of the collection when it was read.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether the collection was loaded into memory before the backup.
    pub was_loaded: bool,
    /// Replicas in memory before the backup; absent where the server does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_number: Option<u32>,
    /// What cannot be brought back exactly, in plain words.
    #[serde(default)]
    pub limitations: Vec<String>,
    /// The verification that counts: the last one, or one that failed and was not made good since, see
    /// [`VerificationRecord::supersedes`]. Kept in `verification.json`, outside the chain of digests, and merged in on
    /// reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationRecord>,
    /// Verifications before that which were of another depth, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_verifications: Vec<VerificationRecord>,
}

impl BackupMetadata {
    /// Size in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
    pub fn size_mb(&self) -> f64 {
        self.size_bytes as f64 / 1_048_576.0
    }

    /// Stored bytes per byte of column values, or `None` for a backup without rows.
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people to read")]
    pub fn compression_ratio(&self) -> Option<f64> {
        (self.uncompressed_size_bytes > 0)
            .then(|| self.compressed_size_bytes as f64 / self.uncompressed_size_bytes as f64)
    }

    /// Merges in the verifications that were kept, in any order, and sets [`BackupMetadata::state`] to what they say.
    ///
    /// Such metadata is for reading: `metadata.json` holds neither the verifications nor the merged state.
    pub fn set_verifications(&mut self, mut records: Vec<VerificationRecord>) {
        self.state = self.recorded_state();
        records.sort_by_key(|record| (record.success, std::cmp::Reverse(record.verified_at)));
        self.verification = (!records.is_empty()).then(|| records.remove(0));
        self.earlier_verifications = records;
        self.state = self.effective_state();
    }

    /// Whether the verification that counts found nothing wrong.
    pub fn is_verified(&self) -> bool {
        self.verification.as_ref().is_some_and(|record| record.success)
    }

    /// Whether the backup is complete: nothing that was asked for is missing, and no verification found damage.
    pub fn is_completed(&self) -> bool {
        matches!(self.effective_state(), BackupState::Completed | BackupState::Verified)
    }

    /// Whether partitions that were asked for are missing.
    pub fn is_partial(&self) -> bool {
        self.state == BackupState::PartiallyCompleted || !self.failed_partitions.is_empty()
    }

    /// Returns the state to show and to go by: a complete backup whose last verification succeeded is `VERIFIED`, and
    /// any backup whose last verification found something wrong is `FAILED`.
    pub fn effective_state(&self) -> BackupState {
        match (&self.verification, self.recorded_state()) {
            (Some(verification), _) if !verification.success => BackupState::Failed,
            (Some(_), BackupState::Completed) => BackupState::Verified,
            (_, state) => state,
        }
    }

    /// Returns the state as `metadata.json` records it, whether or not verifications are merged in.
    pub fn recorded_state(&self) -> BackupState {
        match self.state {
            BackupState::Verified | BackupState::Failed if self.verification.is_some() => {
                if self.failed_partitions.is_empty() { BackupState::Completed } else { BackupState::PartiallyCompleted }
            }
            state => state,
        }
    }
}

/// A partition that is not in a backup, although it was to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPartition {
    /// Name of the partition.
    pub name: String,
    /// What went wrong, with its causes.
    pub error: String,
}

/// The outcome of one verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    /// How deep it went.
    pub verification_type: VerificationType,
    /// When it ended (UTC).
    pub verified_at: Timestamp,
    /// Whether nothing was found wrong.
    pub success: bool,
    /// Files that were checked.
    pub files_verified: u64,
    /// Files with at least one finding.
    pub files_failed: u64,
    /// Row groups that were decoded and compared with their recorded digest.
    #[serde(default)]
    pub row_groups_verified: u64,
    /// What chose the row groups of a quick verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl VerificationRecord {
    /// Whether an earlier one says nothing any more, now that there is this one: it was of the same depth, or this one
    /// compared all that it did. What `quick` decodes, `checksum` does not, and the other way round.
    pub fn supersedes(&self, earlier: &Self) -> bool {
        self.verification_type == VerificationType::Deep || self.verification_type == earlier.verification_type
    }
}

impl From<&VerificationResult> for VerificationRecord {
    fn from(result: &VerificationResult) -> Self {
        Self {
            verification_type: result.verification_type,
            verified_at: result.verified_at,
            success: result.success,
            files_verified: result.files_verified,
            files_failed: result.files_failed,
            row_groups_verified: result.row_groups_verified,
            seed: result.seed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(verification_type: VerificationType, second: i64, success: bool) -> VerificationRecord {
        let verified_at = Timestamp::from_second(second).unwrap();
        let (files_verified, files_failed) = (5, u64::from(!success));
        VerificationRecord {
            verification_type,
            verified_at,
            success,
            files_verified,
            files_failed,
            row_groups_verified: 0,
            seed: None,
        }
    }

    #[test]
    fn a_verification_supersedes_those_that_compared_no_more() {
        use VerificationType::{Checksum, Deep, Quick};
        for (newer, older, superseded) in [
            (Checksum, Checksum, true),
            (Checksum, Quick, false),
            (Checksum, Deep, false),
            (Quick, Checksum, false),
            (Quick, Quick, true),
            (Quick, Deep, false),
            (Deep, Checksum, true),
            (Deep, Quick, true),
            (Deep, Deep, true),
        ] {
            assert_eq!(record(newer, 2, true).supersedes(&record(older, 1, false)), superseded, "{newer} {older}");
        }
    }
}
