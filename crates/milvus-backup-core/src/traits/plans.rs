//! What a store is asked to write and to read, with every choice made, and what it answers.

use std::collections::BTreeMap;

use super::catalog::CollectionDescription;
use super::format::RowEncoding;
use super::read_point::ReadPoint;
use crate::error::Error;
use crate::model::{BackupType, ChecksumAlgorithm, CompressionCodec, StoredBackup};
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::params::RestoreMethod;
use crate::schema::{CollectionSchema, IndexDefinition};

/// A backup to write, with every choice made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// Its identifier.
    pub backup_id: BackupId,
    /// Its name.
    pub backup_name: String,
    /// The collection.
    pub collection: CollectionRef,
    /// The number that the server gave it; `None` where it gives none.
    pub collection_id: Option<i64>,
    /// The address of the server, without credentials.
    pub milvus_uri: String,
    /// When the operation was started.
    pub created_at: jiff::Timestamp,
    /// Whole collection or named partitions.
    pub backup_type: BackupType,
    /// What the server said of the collection.
    pub description: CollectionDescription,
    /// Properties of the database of the collection; none where the server does not tell.
    pub database_properties: BTreeMap<String, String>,
    /// The partitions to read, and the rows each had at the start.
    pub partitions: Vec<PartitionPlan>,
    /// When rows are read.
    pub read_point: ReadPoint,
    /// Whether a codec was asked for.
    pub compression_enabled: bool,
    /// The codec inside the data files.
    pub compression_codec: CompressionCodec,
    /// 1 (fast) to 9 (small).
    pub compression_level: u8,
    /// The digest over files.
    pub checksum_algorithm: ChecksumAlgorithm,
    /// Whether index definitions are saved.
    pub include_indexes: bool,
    /// Target size of a finished data file in bytes.
    pub chunk_size_bytes: u64,
    /// Partitions, and ranges of them, that are read at the same time.
    pub concurrency: usize,
    /// Bytes of rows that may be in memory at the same time.
    pub memory_limit_bytes: u64,
    /// Go on with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Free labels.
    pub tags: Vec<String>,
    /// Version text of the server.
    pub milvus_version: String,
    /// Whether the collection was in memory before the operation.
    pub was_loaded: bool,
    /// Copies of it in memory; `None` where it was not loaded or the server does not tell.
    pub replica_number: Option<u32>,
}

impl BackupPlan {
    /// Returns how rows are encoded.
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
    /// Its name.
    pub name: String,
    /// Whether the name can be given in a call; not so where rows are spread by a partition key.
    pub addressable: bool,
    /// Rows at the start.
    pub expected_rows: u64,
}

/// What is decided only when all rows have been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// When the backup is committed.
    pub completed_at: jiff::Timestamp,
    /// The epoch of the lease under which it is committed.
    pub lease_epoch: u64,
    /// What cannot be brought back exactly.
    pub limitations: Vec<String>,
}

/// Rows to bring back, with every choice made.
#[derive(Debug, Clone)]
pub struct RestorePlan {
    /// The backup.
    pub backup: StoredBackup,
    /// The collection to fill. It exists and has all partitions.
    pub target: CollectionName,
    /// The schema of the data files.
    pub stored_schema: CollectionSchema,
    /// The schema of the target. Differs from that of the files where autoID was switched off, and in a collection
    /// that was there before.
    pub schema: CollectionSchema,
    /// Columns of the backup that are not inserted, because the server makes them.
    pub omit_columns: Vec<String>,
    /// The partitions to restore.
    pub partitions: Vec<String>,
    /// Go on with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Restore one partition after the other, each flushed before the next begins.
    pub flush_between_partitions: bool,
    /// Check digests while reading.
    pub verify_checksums: bool,
    /// How rows get into Milvus.
    pub method: RestoreMethod,
    /// Batches that are inserted, or files that are imported, at the same time, and partitions; fewer where memory does
    /// not allow it.
    pub concurrency: usize,
    /// Bytes of rows that may be in memory at the same time.
    pub memory_limit_bytes: u64,
}

/// What became of one partition of a restore.
#[derive(Debug)]
pub struct RestoredPartition {
    /// Its name.
    pub name: String,
    /// Rows that the server accepted.
    pub rows: u64,
    /// Why it is not whole.
    pub failure: Option<Error>,
}

/// The definition of a collection as a backup holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUpDefinition {
    /// Everything needed to create the collection.
    pub schema: CollectionSchema,
    /// Properties of the database it was in; none where the server did not tell.
    pub database_properties: BTreeMap<String, String>,
    /// All partitions it had, whether or not their rows are in the backup.
    pub partitions: Vec<String>,
    /// Its indexes; `None` when they were not saved.
    pub indexes: Option<Vec<IndexDefinition>>,
}
