//! `manifest.json`: the contents of a backup, with their paths.
//!
//! Must always hold: the document contains no floating-point numbers and no integer of 2^53 or more.

use serde::{Deserialize, Serialize};

use super::metadata::BackupMetadata;
use super::native::NativePayload;
use crate::schema::RowTrait;

/// The payload of a backup: its partitions and their data files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// Version of the repository format, see [`FORMAT_VERSION`](super::FORMAT_VERSION).
    pub format_version: u32,
    /// The format of the data files.
    pub kind: PayloadKind,
    /// The partitions and their data files.
    pub partitions: Vec<PartitionMetadata>,
    /// The files that the `milvus-backup` tool wrote; present only for [`PayloadKind::MilvusBackup`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<NativePayload>,
}

impl BackupManifest {
    /// Returns all data files, in the order of the partitions.
    pub fn chunks(&self) -> impl Iterator<Item = &ChunkMetadata> {
        self.partitions.iter().flat_map(|partition| &partition.chunks)
    }

    /// Returns the path, size in bytes and digest of every file that contains rows, in the order of the document.
    pub fn data_files(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        let chunks = self.chunks().map(|chunk| (chunk.path.as_str(), chunk.size_bytes, chunk.checksum.as_str()));
        let objects = self.native.iter().flat_map(|native| &native.objects);
        chunks.chain(objects.map(|object| (object.path.as_str(), object.size_bytes, object.checksum.as_str())))
    }

    /// Returns a partition by its name.
    pub fn partition(&self, name: &str) -> Option<&PartitionMetadata> {
        self.partitions.iter().find(|partition| partition.name == name)
    }
}

/// The format of the data files of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PayloadKind {
    /// Apache Parquet, one file per chunk.
    Parquet,
    /// The directory that the `milvus-backup` tool wrote, with copies of the segment files of Milvus.
    MilvusBackup,
}

/// An opened backup: its documents, read once and checked against their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBackup {
    /// The summary, with the outcomes of verifications merged in.
    pub metadata: BackupMetadata,
    /// The partitions and data files.
    pub manifest: BackupManifest,
}

/// The base of the path of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChunkBase {
    /// The directory of the backup, whose deletion deletes the chunk.
    Backup,
}

/// One partition of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionMetadata {
    /// The name of the partition.
    pub name: String,
    /// Number of rows in all its chunks.
    pub row_count: u64,
    /// Order-independent digest of all its rows, see `milvus-backup-integrity`; 32 hexadecimal digits. Absent if the rows
    /// were not decoded, as for [`PayloadKind::MilvusBackup`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_digest: Option<String>,
    /// Its data files, in ascending order of keys if all are ordered. Empty for a partition without rows, and for
    /// [`PayloadKind::MilvusBackup`].
    pub chunks: Vec<ChunkMetadata>,
}

/// One data file in the Parquet format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkMetadata {
    /// The base that [`ChunkMetadata::path`] is relative to.
    pub base: ChunkBase,
    /// Path relative to the base. Readers use this path and never derive it from names.
    pub path: String,
    /// Number of rows in the file.
    pub row_count: u64,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Bytes of the column values before encoding and compression.
    pub uncompressed_size_bytes: u64,
    /// Digest of the file, lower-case hexadecimal; the same as in `checksums.json`.
    pub checksum: String,
    /// Order-independent digest of the rows, see [`PartitionMetadata::row_digest`].
    pub row_digest: String,
    /// Order-independent digest of the rows of each row group, in file order.
    pub row_group_digests: Vec<String>,
    /// Whether the rows are in ascending order of primary key, with each key once. Readers may rely on the order only
    /// if it is set.
    pub ordered: bool,
    /// Smallest and largest primary key, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key_range: Option<PrimaryKeyRange>,
    /// The key of the unit of rows that the chunk is a part of, if its source has one. The same key always means the
    /// same rows, in this and in any other backup: all chunks of a partition with the same key together have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_key: Option<String>,
    /// Columns that are not compressed although a codec was requested, because it would hardly have reduced their size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncompressed_columns: Vec<String>,
    /// Contents of some rows that not every server accepts; each kind is listed once per field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row_traits: Vec<RowTrait>,
}

/// Smallest and largest primary key of a chunk, as text: decimal for `Int64`, the key itself for `VarChar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKeyRange {
    /// The smallest key of the chunk.
    pub min: String,
    /// The largest key of the chunk.
    pub max: String,
}
