//! `checksums.json`: the size and digest of every file of a backup except itself, `metadata.json` and
//! `verification.json`.

use std::collections::BTreeMap;

use milvus_backup_core::ChecksumAlgorithm;
use serde::{Deserialize, Serialize};

/// The content of the document `checksums.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChecksumsDocument {
    pub(crate) format_version: u32,
    pub(crate) algorithm: ChecksumAlgorithm,
    /// The files, by path relative to the directory of the backup.
    pub(crate) files: BTreeMap<String, FileEntry>,
}

/// One file of [`ChecksumsDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) size_bytes: u64,
    pub(crate) checksum: String,
}
