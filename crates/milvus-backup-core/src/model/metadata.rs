//! `metadata.json`: the document whose presence is the commit of a backup.
//!
//! Must always hold: the document contains no floating-point numbers and no integer of 2^53 or more, so that its RFC
//! 8785 canonical form is the same for every reader. Wider integers (timestamps, primary keys) are strings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{
    BackupState, BackupStorageType, BackupType, ChecksumAlgorithm, CompressionCodec, Consistency, SourceKind,
    VerificationType,
};
use super::pin::Pin;
use super::results::VerificationResult;
use crate::error::Result;
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::set_id::SetId;

/// The newest repository format this version writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// The summary of one backup, as in `metadata.json`: a few KiB, regardless of the size of the backup. The data files
/// are listed in the [`BackupManifest`](super::BackupManifest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMetadata {
    /// Version of the repository format, see [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The identifier, which is sortable and unique.
    pub backup_id: BackupId,
    /// Name given by the user, unique within the collection.
    pub backup_name: String,
    /// The database of the collection; `default` unless another one was named.
    pub database: String,
    /// The collection that was backed up, without its database.
    pub collection_name: CollectionName,
    /// Time at which the backup was started (UTC).
    pub created_at: Timestamp,
    /// Time at which the backup was committed (UTC).
    pub completed_at: Timestamp,
    /// Whether the backup covers the complete collection or named partitions.
    pub backup_type: BackupType,
    /// The state of the backup, with its verifications taken into account. `metadata.json` records only the outcome of
    /// the backup itself: [`BackupState::Completed`] or [`BackupState::PartiallyCompleted`].
    pub state: BackupState,
    /// The backend that holds the backup.
    pub storage_type: BackupStorageType,
    /// Directory of the backup, relative to the root of the repository.
    pub storage_path: String,
    /// Number of rows in all partitions of this backup.
    pub row_count: u64,
    /// Bytes of all files of the backup except `metadata.json` and `verification.json`.
    pub size_bytes: u64,
    /// Bytes of the column values before encoding and compression.
    pub uncompressed_size_bytes: u64,
    /// Stored bytes of the data files.
    pub compressed_size_bytes: u64,
    /// Whether a compression codec was requested.
    pub compression_enabled: bool,
    /// The codec that was requested; a column that does not shrink is stored uncompressed.
    pub compression_codec: CompressionCodec,
    /// The requested compression level, from 1 to 9.
    pub compression_level: u8,
    /// Whether index definitions were saved.
    pub include_indexes: bool,
    /// The digest used in `checksums.json`, [`BackupMetadata::checksum`] and [`BackupMetadata::manifest_checksum`].
    pub checksum_algorithm: ChecksumAlgorithm,
    /// Digest of `checksums.json`, lower-case hexadecimal.
    pub checksum: String,
    /// Digest of `manifest.json`, lower-case hexadecimal.
    pub manifest_checksum: String,
    /// Epoch of the lease under which the backup was committed. A later lease of the collection has a higher one.
    pub lease_epoch: u64,
    /// Names of the partitions in this backup, in the order of the manifest.
    pub partition_names: Vec<String>,
    /// The requested partitions that failed. Non-empty only for a [`BackupState::PartiallyCompleted`] backup.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_partitions: Vec<FailedPartition>,
    /// The source that the rows were read from.
    #[serde(default = "by_queries")]
    pub source: SourceKind,
    /// The temporal consistency of the rows.
    pub consistency: Consistency,
    /// The hybrid timestamp of the read point, as a decimal string; absent if the server reports none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_timestamp: Option<String>,
    /// The address of the server that was read, without credentials; for a Milvus Lite file, the path that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milvus_uri: Option<String>,
    /// Version string of the server that was read.
    pub milvus_version: String,
    /// Name and version of the program that wrote the backup.
    pub created_by: String,
    /// Labels chosen by the user.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The set that the backup belongs to, if it is one of several that one operation made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_id: Option<SetId>,
    /// Aliases of the collection at the time of the backup.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether the collection was loaded into memory before the backup.
    pub was_loaded: bool,
    /// Number of replicas in memory before the backup; absent if the server does not report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_number: Option<u32>,
    /// Human-readable descriptions of everything that cannot be restored exactly.
    #[serde(default)]
    pub limitations: Vec<String>,
    /// The decisive verification: the last one, or a failed one that no later one supersedes, see
    /// [`VerificationRecord::supersedes`]. It is stored in `verification.json`, outside the chain of digests, and
    /// merged on reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationRecord>,
    /// Earlier verifications of other depths, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_verifications: Vec<VerificationRecord>,
    /// The mark that protects the backup from deletion, if it is pinned. It is stored beside the backup, and merged on
    /// reading: `metadata.json` never has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
}

/// Returns the source of backups that do not name one.
fn by_queries() -> SourceKind {
    SourceKind::Query
}

impl BackupMetadata {
    /// Returns the collection with its database.
    ///
    /// # Errors
    /// [`InvalidParameter`](crate::Error::InvalidParameter) for a database that no directory can be named after.
    pub fn collection(&self) -> Result<CollectionRef> {
        CollectionRef::new(&self.database, self.collection_name.clone())
    }

    /// Returns the size in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable size")]
    pub fn size_mb(&self) -> f64 {
        self.size_bytes as f64 / 1_048_576.0
    }

    /// Returns the stored bytes per byte of column values, or `None` for a backup without rows.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable ratio")]
    pub fn compression_ratio(&self) -> Option<f64> {
        (self.uncompressed_size_bytes > 0)
            .then(|| self.compressed_size_bytes as f64 / self.uncompressed_size_bytes as f64)
    }

    /// Merges the recorded verifications, in any order, and sets [`BackupMetadata::state`] accordingly.
    ///
    /// The result is for reading only: `metadata.json` holds neither the verifications nor the merged state.
    pub fn set_verifications(&mut self, mut records: Vec<VerificationRecord>) {
        self.state = self.recorded_state();
        records.sort_by_key(|record| (record.success, std::cmp::Reverse(record.verified_at)));
        self.verification = (!records.is_empty()).then(|| records.remove(0));
        self.earlier_verifications = records;
        self.state = self.effective_state();
    }

    /// Returns whether the decisive verification found no damage.
    pub fn is_verified(&self) -> bool {
        self.verification.as_ref().is_some_and(|record| record.success)
    }

    /// Returns whether the backup is complete: nothing that was requested is missing, and no verification found damage.
    pub fn is_completed(&self) -> bool {
        matches!(self.effective_state(), BackupState::Completed | BackupState::Verified)
    }

    /// Returns whether requested partitions are missing.
    pub fn is_partial(&self) -> bool {
        self.state == BackupState::PartiallyCompleted || !self.failed_partitions.is_empty()
    }

    /// Returns the state to display and to act on: a complete backup whose last verification succeeded is `VERIFIED`,
    /// and any backup whose last verification found damage is `FAILED`.
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

/// A requested partition that is missing from a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPartition {
    /// The name of the partition.
    pub name: String,
    /// The error of the partition, with its causes.
    pub error: String,
}

/// The outcome of one verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    /// The depth of the verification.
    pub verification_type: VerificationType,
    /// Time at which the verification ended (UTC).
    pub verified_at: Timestamp,
    /// Whether the verification found no damage.
    pub success: bool,
    /// Number of files that were checked.
    pub files_verified: u64,
    /// Number of files with at least one finding.
    pub files_failed: u64,
    /// Number of row groups that were decoded and compared with their recorded digest.
    #[serde(default)]
    pub row_groups_verified: u64,
    /// Seed that selected the row groups of a quick verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl VerificationRecord {
    /// Returns whether this verification makes `earlier` obsolete: it has the same depth, or compared everything that
    /// the earlier one did. A `checksum` verification does not decode what `quick` decodes, and vice versa.
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
