//! `metadata.json`: the summary of a backup with its own digest.

use bytes::Bytes;
use milvus_backup_core::{BackupMetadata, ChecksumAlgorithm, Error, Result};
use milvus_backup_storage::error::corrupted;
use serde_json::Value;

use super::codec::{digest, parse, to_bytes};
use crate::layout::METADATA;

/// Name of the member of `metadata.json` that holds its own digest.
const DIGEST: &str = "digest";

/// Returns the text of `metadata.json`.
///
/// The digest is the SHA-256 of the RFC 8785 canonical form of the document without that member, so that it is valid
/// for any text with the same content, and detects every change of the content.
pub(crate) fn metadata_to_bytes(metadata: &BackupMetadata) -> Result<Bytes> {
    let encoding =
        |source: serde_json::Error| Error::Encoding { action: format!("write {METADATA}"), source: Box::new(source) };
    let mut value = serde_json::to_value(metadata).map_err(encoding)?;
    let digest = self_digest(&value).map_err(encoding)?;
    if let Value::Object(members) = &mut value {
        members.insert(DIGEST.to_owned(), Value::String(digest));
    }
    to_bytes(&value)
}

/// Parses `metadata.json`, after checking its own digest.
pub(crate) fn metadata_from_bytes(backup: &str, bytes: &[u8]) -> Result<BackupMetadata> {
    let mut value = parse(backup, METADATA, bytes)?;
    let recorded = value.as_object_mut().and_then(|members| members.remove(DIGEST));
    let Some(Value::String(recorded)) = recorded else { return Err(corrupted(backup, METADATA, "no digest")) };
    let computed = self_digest(&value).map_err(|error| corrupted(backup, METADATA, error))?;
    if computed != recorded {
        return Err(corrupted(backup, METADATA, format!("digest is {computed}, but {recorded} is recorded")));
    }
    serde_json::from_value(value).map_err(|error| corrupted(backup, METADATA, error))
}

fn self_digest(value: &Value) -> Result<String, serde_json::Error> {
    let canonical = serde_json_canonicalizer::to_vec(value)?;
    Ok(digest(ChecksumAlgorithm::Sha256, &canonical))
}
