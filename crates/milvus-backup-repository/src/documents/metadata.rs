//! `metadata.json`: the summary of a backup with its own digest.

use bytes::Bytes;
use milvus_backup_core::{BackupMetadata, Result};

use super::sealed::{sealed_from_bytes, sealed_to_bytes};
use crate::layout::METADATA;

/// Returns the text of `metadata.json`.
pub(crate) fn metadata_to_bytes(metadata: &BackupMetadata) -> Result<Bytes> {
    sealed_to_bytes(METADATA, metadata)
}

/// Parses `metadata.json`, after checking its own digest.
pub(crate) fn metadata_from_bytes(backup: &str, bytes: &[u8]) -> Result<BackupMetadata> {
    sealed_from_bytes(backup, METADATA, bytes)
}
