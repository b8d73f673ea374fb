//! The configuration of the system, with the names, defaults and limits of the product's contract.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::keep::KeepRules;
use crate::model::{BackupStorageType, ChecksumAlgorithm, CompressionCodec};
use crate::retry::RetryPolicy;
use crate::storage_settings::StorageSettings;

/// Settings that apply to every operation unless its parameters override them.
///
/// Its serde form has the names of the product's contract; durations are seconds.
///
/// ```
/// use milvus_backup_core::BackupRecoveryConfig;
///
/// let config = BackupRecoveryConfig { retention_count: 20, ..Default::default() };
/// assert_eq!(config.compression_level, 6);
/// assert!(config.validate()?.is_empty());
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BackupRecoveryConfig {
    /// The backend that is used by default.
    pub default_storage_type: BackupStorageType,
    /// Root of the local backend: a directory or an object store URL.
    pub local_backup_root_path: String,
    /// Root of the storage in which Milvus keeps its own data: a directory or an object store URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milvus_storage: Option<String>,
    /// Bucket of the native backend, if one is configured.
    pub milvus_backup_bucket: Option<String>,
    /// Target size of a finished data file in MiB.
    pub default_chunk_size_mb: u64,
    /// Number of chunks that are read or written concurrently.
    pub max_concurrent_chunks: usize,
    /// Whether data files are compressed.
    pub compression_enabled: bool,
    /// Compression level, from 1 (fast) to 9 (small).
    pub compression_level: u8,
    /// The codec inside the Parquet files.
    pub compression_codec: CompressionCodec,
    /// Whether digests are checked while a backup is read during a restore.
    pub enable_checksum_verification: bool,
    /// Algorithm of the digests over files.
    pub checksum_algorithm: ChecksumAlgorithm,
    /// Whether a backup is verified right after its commit.
    pub auto_verify_after_backup: bool,
    /// Whether a backup is verified before it is restored.
    pub auto_verify_before_restore: bool,
    /// Deadline of a create, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub default_backup_timeout: Duration,
    /// Deadline of a restore, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub default_restore_timeout: Duration,
    /// Deadline of a verification, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub verification_timeout: Duration,
    /// Deadline of reading the repository, and of removing one item from it, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub repository_timeout: Duration,
    /// Time within which a create or a restore must move at least one row, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub no_progress_timeout: Duration,
    /// Number of newest backups that retention keeps; 0 switches the rule off.
    pub retention_count: u32,
    /// Number of days for which retention keeps a backup; 0 switches the rule off.
    pub retention_days: u32,
    /// Number of newest complete backups that no other rule may delete.
    pub min_backups_to_keep: u32,
    /// Share of the rows of the last full backup, from 0 to 1. A full backup with fewer rows does not count towards the
    /// numbers that retention keeps. If it is `None`, retention only warns about backups below
    /// [`crate::DEFAULT_MIN_ROWS_RATIO`]; 0 switches the warning off as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_rows_ratio: Option<f64>,
    /// Days after which a deep verification is due again.
    pub deep_verification_interval_days: u32,
    /// Whether transient errors are retried.
    pub retry_transient_errors: bool,
    /// Number of retries of one page, batch or object.
    pub max_retries: u32,
    /// Delay before the first retry, in seconds; it doubles each time.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub retry_delay_seconds: Duration,
    /// Interval between two progress reports, in seconds.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub progress_poll_interval: Duration,
    /// Limit of the rows that are in memory at any time, in bytes.
    pub memory_limit_bytes: u64,
    /// Whether a repository may be started on a store that does not keep the promises on which commits and locks rely.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_unsafe_storage: bool,
    /// Rules of retention by calendar, age and tag, in addition to the numbers above.
    #[serde(skip_serializing_if = "is_default")]
    pub keep: KeepRules,
    /// How the object store at the root is reached.
    #[serde(skip_serializing_if = "is_default")]
    pub storage: StorageSettings,
}

fn is_default<T: Default + PartialEq>(settings: &T) -> bool {
    *settings == T::default()
}

impl Default for BackupRecoveryConfig {
    fn default() -> Self {
        Self {
            default_storage_type: BackupStorageType::LocalFile,
            local_backup_root_path: "./milvus_backups".to_owned(),
            milvus_storage: None,
            milvus_backup_bucket: None,
            default_chunk_size_mb: 256,
            max_concurrent_chunks: 4,
            compression_enabled: true,
            compression_level: 6,
            compression_codec: CompressionCodec::Zstd,
            enable_checksum_verification: true,
            checksum_algorithm: ChecksumAlgorithm::Sha256,
            auto_verify_after_backup: true,
            auto_verify_before_restore: true,
            default_backup_timeout: Duration::from_hours(1),
            default_restore_timeout: Duration::from_hours(1),
            verification_timeout: Duration::from_mins(30),
            repository_timeout: Duration::from_mins(30),
            no_progress_timeout: Duration::from_mins(10),
            retention_count: 10,
            retention_days: 30,
            min_backups_to_keep: 3,
            min_rows_ratio: None,
            deep_verification_interval_days: 7,
            retry_transient_errors: true,
            max_retries: 3,
            retry_delay_seconds: Duration::from_secs(5),
            progress_poll_interval: Duration::from_secs(2),
            memory_limit_bytes: 512 << 20,
            allow_unsafe_storage: false,
            keep: KeepRules::OFF,
            storage: StorageSettings::default(),
        }
    }
}

impl BackupRecoveryConfig {
    /// Returns how operations that fail for a transient reason are retried.
    pub fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy {
            max_retries: if self.retry_transient_errors { self.max_retries } else { 0 },
            delay: self.retry_delay_seconds,
        }
    }

    /// Checks every limit, and returns a warning for each value that is allowed but unwise.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] with the first field that is outside its limit.
    pub fn validate(&self) -> Result<Vec<String>> {
        if self.is_local_storage() && self.local_backup_root_path.trim().is_empty() {
            return Err(invalid("local_backup_root_path", &self.local_backup_root_path, "not empty"));
        }
        positive("default_chunk_size_mb", self.default_chunk_size_mb)?;
        positive("max_concurrent_chunks", self.max_concurrent_chunks as u64)?;
        validate_level(self.compression_level)?;
        for (field, value) in [
            ("default_backup_timeout", self.default_backup_timeout),
            ("default_restore_timeout", self.default_restore_timeout),
            ("verification_timeout", self.verification_timeout),
            ("repository_timeout", self.repository_timeout),
            ("no_progress_timeout", self.no_progress_timeout),
            ("progress_poll_interval", self.progress_poll_interval),
        ] {
            if value.is_zero() {
                return Err(invalid(field, "0", "greater than 0 seconds"));
            }
        }
        if self.memory_limit_bytes < 64 << 20 {
            return Err(invalid("memory_limit_bytes", &self.memory_limit_bytes.to_string(), "at least 64 MiB"));
        }
        if let Some(ratio) = self.min_rows_ratio {
            validate_ratio("min_rows_ratio", ratio)?;
        }
        Ok(self.warnings())
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.default_chunk_size_mb > 2048 {
            warnings.push(format!(
                "default_chunk_size_mb is {}: files above 2048 MiB are slow to verify and to copy",
                self.default_chunk_size_mb
            ));
        }
        if self.max_concurrent_chunks > 16 {
            warnings.push(format!(
                "max_concurrent_chunks is {}: above 16 Milvus rarely gets faster",
                self.max_concurrent_chunks
            ));
        }
        if self.retention_count > 0 && self.retention_count < self.min_backups_to_keep {
            warnings.push(format!(
                "retention_count ({}) is below min_backups_to_keep ({}), which wins",
                self.retention_count, self.min_backups_to_keep
            ));
        }
        warnings
    }

    /// Returns the target size of a finished data file in bytes.
    pub fn chunk_size_bytes(&self) -> u64 {
        self.default_chunk_size_mb.saturating_mul(1 << 20)
    }

    /// Returns whether the local backend is the default.
    pub fn is_local_storage(&self) -> bool {
        self.default_storage_type == BackupStorageType::LocalFile
    }

    /// Returns whether the native backend is the default.
    pub fn is_milvus_native_storage(&self) -> bool {
        self.default_storage_type == BackupStorageType::MilvusNative
    }
}

pub(crate) fn validate_level(level: u8) -> Result<()> {
    if (1..=9).contains(&level) { Ok(()) } else { Err(invalid("compression_level", &level.to_string(), "from 1 to 9")) }
}

pub(crate) fn positive(field: &str, value: u64) -> Result<()> {
    if value > 0 { Ok(()) } else { Err(invalid(field, "0", "greater than 0")) }
}

/// Checks a share such as [`BackupRecoveryConfig::min_rows_ratio`]: from 0 to 1, both included.
///
/// # Errors
/// [`Error::InvalidParameter`] with `field`.
pub fn validate_ratio(field: &str, ratio: f64) -> Result<()> {
    if (0.0..=1.0).contains(&ratio) { Ok(()) } else { Err(invalid(field, &ratio.to_string(), "from 0 to 1")) }
}

pub(crate) fn invalid(field: &str, value: &str, limit: &str) -> Error {
    Error::InvalidParameter { field: field.to_owned(), value: value.to_owned(), limit: limit.to_owned() }
}

/// Serializes durations as seconds, which may have a fraction.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_valid_and_without_warnings() {
        assert_eq!(BackupRecoveryConfig::default().validate().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_error_names_field_value_and_limit() {
        let config = BackupRecoveryConfig { compression_level: 10, ..Default::default() };
        let error = config.validate().unwrap_err();
        assert_eq!(error.to_string(), "`compression_level` is `10`, but must be from 1 to 9");
    }

    #[test]
    fn a_ratio_is_from_0_to_1() {
        for (ratio, valid) in [(0.0, true), (0.5, true), (1.0, true), (1.1, false), (-0.1, false), (f64::NAN, false)] {
            let config = BackupRecoveryConfig { min_rows_ratio: Some(ratio), ..Default::default() };
            assert_eq!(config.validate().is_ok(), valid, "{ratio}");
        }
    }

    #[test]
    fn unwise_values_warn() {
        let config = BackupRecoveryConfig {
            default_chunk_size_mb: 4096,
            max_concurrent_chunks: 32,
            retention_count: 1,
            ..Default::default()
        };
        assert_eq!(config.validate().unwrap().len(), 3);
    }

    #[test]
    fn toml_uses_the_contract_names_and_refuses_unknown_ones() {
        let config: BackupRecoveryConfig =
            toml::from_str("retention_days = 7\ndefault_backup_timeout = 1.5\nchecksum_algorithm = \"BLAKE2B\"")
                .unwrap();
        assert_eq!(config.retention_days, 7);
        assert_eq!(config.default_backup_timeout, Duration::from_millis(1500));
        assert!(toml::from_str::<BackupRecoveryConfig>("retention_day = 7").is_err());
        let config: BackupRecoveryConfig = toml::from_str("[keep]\nmonthly = 12\nwithin = \"2d\"").unwrap();
        assert_eq!((config.keep.monthly, config.keep.within.days), (12, 2));
    }
}
