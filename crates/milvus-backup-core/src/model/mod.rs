//! Backups and the results of operations: enumerations, metadata and results.
//!
//! Everything here is plain data with a stable serde form (members in snake case, enumeration values as in the
//! product's contract), so that it can be printed as JSON and parsed by any later version.

mod copy;
mod diagnosis;
mod kinds;
mod latest;
mod manifest;
mod metadata;
mod native;
mod pin;
mod results;
mod retention;
mod set;
mod shrinkage;
mod version;

pub use copy::CopyResult;
pub use diagnosis::{Diagnosis, DiagnosisArea, DiagnosisStatus};
pub use kinds::{
    BackupState, BackupStorageType, BackupType, ChecksumAlgorithm, CompressionCodec, Consistency, SourceKind,
    VerificationType,
};
pub use latest::{LatestBackup, latest_full_backup};
pub use manifest::{
    BackupManifest, ChunkBase, ChunkMetadata, PartitionMetadata, PayloadKind, PrimaryKeyRange, StoredBackup,
};
pub use metadata::{BackupMetadata, FORMAT_VERSION, FailedPartition, VerificationRecord};
pub use native::{NativeObject, NativePayload, NativeSegment};
pub use pin::Pin;
pub use results::{BackupResult, Finding, FindingKind, NotRestored, RestoreResult, VerificationResult};
pub use retention::{Decision, DecisionAction, RetentionResult, RetentionRules, calculate_storage_savings};
pub use set::{BackupSet, SetFailure, SetMember};
pub use shrinkage::{DEFAULT_MIN_ROWS_RATIO, Shrinkage, row_loss, shrunken_backups};
pub use version::{BackupSeries, BackupVersion};
