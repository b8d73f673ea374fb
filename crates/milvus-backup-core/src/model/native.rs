//! The payload of a backup whose files the `milvus-backup` tool wrote, as `manifest.json` records it.

use serde::{Deserialize, Serialize};

/// The files that the `milvus-backup` tool wrote for a backup of one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativePayload {
    /// The name by which the tool knows its backup, which is also the name of its directory below `data/`.
    pub name: String,
    /// The version that the tool reported.
    pub tool_version: String,
    /// Its files, in ascending order of paths.
    pub objects: Vec<NativeObject>,
    /// The segments whose logs the files contain, in ascending order of identifiers.
    pub segments: Vec<NativeSegment>,
}

/// One file that the tool wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeObject {
    /// Path relative to the directory of the backup.
    pub path: String,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Digest of the file, lower-case hexadecimal; the same as in `checksums.json`.
    pub checksum: String,
}

/// One segment of a native backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeSegment {
    /// The identifier that Milvus assigned to the segment, in decimal.
    pub id: String,
    /// The name of its partition.
    pub partition: String,
    /// Number of rows that were inserted into it; deletes are not subtracted.
    pub inserted_rows: u64,
}
