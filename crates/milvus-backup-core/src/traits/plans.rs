//! The inputs and results of a store's read and write operations, with every choice made.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::CollectionDescription;
use super::format::RowEncoding;
use super::read_point::ReadPoint;
use crate::error::Error;
use crate::model::{BackupStorageType, BackupType, ChecksumAlgorithm, CompressionCodec, SourceKind, StoredBackup};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::RestoreMethod;
use crate::schema::{CollectionSchema, IndexDefinition};
use crate::set_id::SetId;

/// A backup to write, with every choice made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// The identifier of the backup.
    pub backup_id: BackupId,
    /// The name of the backup.
    pub backup_name: String,
    /// The collection to back up.
    pub collection: CollectionRef,
    /// The identifier that the server assigned to the collection; `None` if it assigns none.
    pub collection_id: Option<i64>,
    /// The address of the server, without credentials.
    pub milvus_uri: String,
    /// Time at which the operation was started (UTC).
    pub created_at: jiff::Timestamp,
    /// Whether the backup covers the complete collection or named partitions.
    pub backup_type: BackupType,
    /// The description of the collection as reported by the server.
    pub description: CollectionDescription,
    /// Properties of the database of the collection; empty if the server does not report them.
    pub database_properties: BTreeMap<String, String>,
    /// The partitions to read, with their number of rows at the start.
    pub partitions: Vec<PartitionPlan>,
    /// The backend that writes the backup.
    pub storage_type: BackupStorageType,
    /// The source that rows are read from.
    pub source: SourceKind,
    /// The point in time at which rows are read.
    pub read_point: ReadPoint,
    /// Whether a compression codec was requested.
    pub compression_enabled: bool,
    /// The codec inside the data files.
    pub compression_codec: CompressionCodec,
    /// Compression level, from 1 (fast) to 9 (small).
    pub compression_level: u8,
    /// Algorithm of the digests over files.
    pub checksum_algorithm: ChecksumAlgorithm,
    /// Whether index definitions are saved.
    pub include_indexes: bool,
    /// Target size of a finished data file in bytes.
    pub chunk_size_bytes: u64,
    /// Number of partitions, and ranges of them, that are read concurrently.
    pub concurrency: usize,
    /// Limit of the rows that are in memory at any time, in bytes.
    pub memory_limit_bytes: u64,
    /// Whether to continue with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Labels chosen by the user.
    pub tags: Vec<String>,
    /// The set that the backup belongs to, if it is one of several.
    pub set_id: Option<SetId>,
    /// Version string of the server.
    pub milvus_version: String,
    /// Whether the collection was in memory before the operation.
    pub was_loaded: bool,
    /// Number of replicas in memory; `None` if the collection was not loaded or the server does not report it.
    pub replica_number: Option<u32>,
}

impl BackupPlan {
    /// Returns the encoding of the rows.
    pub fn encoding(&self) -> RowEncoding {
        RowEncoding {
            schema: self.description.schema.clone(),
            compression_enabled: self.compression_enabled,
            compression_codec: self.compression_codec,
            compression_level: self.compression_level,
            checksum_algorithm: self.checksum_algorithm,
        }
    }
}

/// One partition of a [`BackupPlan`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionPlan {
    /// The name of the partition.
    pub name: String,
    /// Whether the name can be used in a call; false if rows are distributed by a partition key.
    pub addressable: bool,
    /// Number of rows at the start.
    pub expected_rows: u64,
}

/// The attributes of a backup that are known only after all rows have been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// Time at which the backup is committed (UTC).
    pub completed_at: jiff::Timestamp,
    /// The epoch of the lease under which it is committed.
    pub lease_epoch: u64,
    /// Human-readable descriptions of everything that cannot be restored exactly.
    pub limitations: Vec<String>,
}

/// The rows to restore, with every choice made.
#[derive(Debug, Clone)]
pub struct RestorePlan {
    /// The backup to read from.
    pub backup: Arc<StoredBackup>,
    /// The collection to fill. It exists and has all partitions.
    pub target: CollectionName,
    /// The schema of the data files.
    pub stored_schema: CollectionSchema,
    /// The schema of the target. It differs from that of the files if autoID was switched off, or if the collection
    /// existed before.
    pub schema: CollectionSchema,
    /// Columns of the backup that are not inserted, because the server generates them.
    pub omit_columns: Vec<String>,
    /// Names of the partitions to restore.
    pub partitions: Vec<String>,
    /// Whether to continue with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Whether to restore the partitions sequentially, each flushed before the next one starts.
    pub flush_between_partitions: bool,
    /// Whether to check digests while reading.
    pub verify_checksums: bool,
    /// The way in which rows are written to Milvus.
    pub method: RestoreMethod,
    /// Number of batches that are inserted, or files that are imported, concurrently, and of partitions; lower if
    /// memory does not suffice.
    pub concurrency: usize,
    /// Limit of the rows that are in memory at any time, in bytes.
    pub memory_limit_bytes: u64,
}

/// The outcome of one partition of a restore.
#[derive(Debug)]
pub struct RestoredPartition {
    /// The name of the partition.
    pub name: String,
    /// Number of rows that the server accepted.
    pub rows: u64,
    /// The error of an incomplete partition; `None` if it is complete.
    pub failure: Option<Error>,
}

/// The definition of a collection as a backup records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUpDefinition {
    /// The schema from which the collection is recreated.
    pub schema: CollectionSchema,
    /// Properties of its database; empty if the server did not report them.
    pub database_properties: BTreeMap<String, String>,
    /// All its partitions, whether or not their rows are in the backup.
    pub partitions: Vec<String>,
    /// Its indexes; `None` if they were not saved.
    pub indexes: Option<Vec<IndexDefinition>>,
}
