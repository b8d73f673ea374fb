//! The parameters of a create.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{invalid, positive, validate_level};
use crate::error::Result;
use crate::model::{BackupType, ChecksumAlgorithm, CompressionCodec};
use crate::names::validate_name;
use crate::set_id::SetId;

/// The part of a collection to back up, and the settings of the backup.
///
/// ```
/// use milvus_backup_core::BackupParams;
///
/// let params = BackupParams::partitions(["p2024_01", "p2024_02"]).with_tag("monthly");
/// params.validate()?;
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackupParams {
    /// Whether the complete collection or named partitions are backed up.
    pub backup_type: BackupType,
    /// The partitions of a [`BackupType::Partition`] backup.
    pub partition_names: Vec<String>,
    /// Whether data files are compressed.
    pub compression_enabled: Option<bool>,
    /// Compression level, from 1 (fast) to 9 (small).
    pub compression_level: Option<u8>,
    /// The codec inside the Parquet files.
    pub compression_codec: Option<CompressionCodec>,
    /// Algorithm of the digests over files.
    pub checksum_algorithm: Option<ChecksumAlgorithm>,
    /// Whether index definitions are saved.
    pub include_indexes: bool,
    /// Name of the backup; by default `<collection>_<YYYYMMDD_HHMMSS>` (UTC).
    pub backup_name: Option<String>,
    /// Target size of a finished data file in bytes.
    pub chunk_size_bytes: Option<u64>,
    /// Number of partitions that are read concurrently.
    pub concurrency: Option<usize>,
    /// Labels chosen by the user.
    pub tags: Vec<String>,
    /// The set that the backup belongs to, if it is one of several.
    pub set_id: Option<SetId>,
    /// Whether the backup is verified after its commit.
    pub verify_after: Option<bool>,
    /// Whether to continue with the other partitions when one fails. The backup is then partial, which its state
    /// records.
    pub skip_failed_partitions: bool,
    /// The policy for a collection that is not loaded.
    pub load: LoadPolicy,
    /// The source that rows are read from.
    pub source: SourceChoice,
    /// Whether to fail if rows may be missing: if the server counts or stores a different number of rows than it
    /// returned, and copies of keys do not explain it. Otherwise such a difference is recorded as a limitation of the
    /// backup.
    pub strict: bool,
    /// Whether the segments of the collection are protected from compaction while they are read, so that rows that are
    /// deleted meanwhile remain readable.
    pub protect_from_compaction: bool,
    /// Deadline of the operation.
    pub timeout: Option<Duration>,
}

/// The policy for a collection that is not loaded and thus cannot be queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoadPolicy {
    /// Load the collection, and release it afterwards.
    #[default]
    Auto,
    /// Fail instead of loading it.
    Never,
}

/// The source that rows are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceChoice {
    /// Read segment files if the storage of the server is known and fits, and queries otherwise.
    #[default]
    Auto,
    /// Read the rows by queries.
    Query,
    /// Read segment files, or fail.
    Segments,
}

impl Default for BackupParams {
    fn default() -> Self {
        Self {
            backup_type: BackupType::FullCollection,
            partition_names: Vec::new(),
            compression_enabled: None,
            compression_level: None,
            compression_codec: None,
            checksum_algorithm: None,
            include_indexes: true,
            backup_name: None,
            chunk_size_bytes: None,
            concurrency: None,
            tags: Vec::new(),
            set_id: None,
            verify_after: None,
            skip_failed_partitions: false,
            load: LoadPolicy::Auto,
            source: SourceChoice::Auto,
            strict: false,
            protect_from_compaction: false,
            timeout: None,
        }
    }
}

impl BackupParams {
    /// Returns the parameters of a backup of every partition.
    pub fn full() -> Self {
        Self::default()
    }

    /// Returns the parameters of a backup of the named partitions.
    pub fn partitions<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self {
            backup_type: BackupType::Partition,
            partition_names: names.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Sets the name of the backup.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.backup_name = Some(name.into());
        self
    }

    /// Adds a label to the backup.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the first field that is outside its limit.
    pub fn validate(&self) -> Result<()> {
        match self.backup_type {
            BackupType::Incremental => {
                return Err(crate::Error::Unsupported { what: "incremental backups".to_owned() });
            }
            BackupType::Partition if self.partition_names.is_empty() => {
                return Err(invalid("partition_names", "[]", "not empty for a PARTITION backup"));
            }
            BackupType::FullCollection if !self.partition_names.is_empty() => {
                let given = self.partition_names.join(", ");
                return Err(invalid("partition_names", &given, "empty for a FULL_COLLECTION backup"));
            }
            _ => {}
        }
        for name in &self.partition_names {
            validate_name("partition_names", name)?;
        }
        if let Some(name) = &self.backup_name {
            validate_name("backup_name", name)?;
        }
        if let Some(level) = self.compression_level {
            validate_level(level)?;
        }
        if let Some(bytes) = self.chunk_size_bytes {
            positive("chunk_size", bytes)?;
        }
        if let Some(concurrency) = self.concurrency {
            positive("concurrency", concurrency as u64)?;
        }
        if self.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(invalid("timeout", "0", "greater than 0 seconds"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_backup_needs_names_and_a_full_one_has_none() {
        assert!(BackupParams::partitions(Vec::<String>::new()).validate().is_err());
        let params = BackupParams { partition_names: vec!["p".into()], ..BackupParams::full() };
        assert!(params.validate().is_err());
    }

    #[test]
    fn incremental_is_refused_and_never_a_silent_full_backup() {
        let params = BackupParams { backup_type: BackupType::Incremental, ..BackupParams::full() };
        assert_eq!(params.validate().unwrap_err().to_string(), "not supported: incremental backups");
    }
}
