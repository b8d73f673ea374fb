//! The JSON documents of a repository.
//!
//! Must always hold: every document carries `format_version`, and a newer one is refused by name before anything
//! else in it is looked at.

use std::collections::BTreeMap;

use bytes::Bytes;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{BackupMetadata, ChecksumAlgorithm, Error, FORMAT_VERSION, Result, VerificationRecord};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::corrupted;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::layout::METADATA;

/// `schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SchemaDocument {
    pub(crate) format_version: u32,
    pub(crate) database: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) database_properties: BTreeMap<String, String>,
    pub(crate) collection_name: String,
    pub(crate) schema: CollectionSchema,
    /// All partitions of the collection, whether or not their rows are in the backup.
    pub(crate) partitions: Vec<String>,
}

/// `indexes/indexes.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexesDocument {
    pub(crate) format_version: u32,
    pub(crate) indexes: Vec<IndexDefinition>,
}

/// `checksums.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChecksumsDocument {
    pub(crate) format_version: u32,
    pub(crate) algorithm: ChecksumAlgorithm,
    /// By path relative to the directory of the backup.
    pub(crate) files: BTreeMap<String, FileEntry>,
}

/// One file of [`ChecksumsDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) size_bytes: u64,
    pub(crate) checksum: String,
}

/// `verification.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerificationDocument {
    pub(crate) format_version: u32,
    /// The last one.
    pub(crate) verification: VerificationRecord,
    /// Those before it that still say something, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) earlier_verifications: Vec<VerificationRecord>,
}

impl VerificationDocument {
    /// All that is kept, newest first.
    pub(crate) fn into_records(self) -> Vec<VerificationRecord> {
        let mut records = self.earlier_verifications;
        records.insert(0, self.verification);
        records
    }
}

/// A document as text for people: indented, with a newline at the end.
pub(crate) fn to_bytes(document: &impl Serialize) -> Result<Bytes> {
    let mut bytes = serde_json::to_vec_pretty(document)
        .map_err(|source| Error::Encoding { action: "write a document".to_owned(), source: Box::new(source) })?;
    bytes.push(b'\n');
    Ok(bytes.into())
}

/// Reads a document, once its version is known to be one that can be read.
///
/// The bytes are read twice, so that no general form of the whole document is in memory beside it.
pub(crate) fn from_bytes<T: DeserializeOwned>(backup: &str, file: &str, bytes: &[u8]) -> Result<T> {
    let version: Version = serde_json::from_slice(bytes).map_err(|error| corrupted(backup, file, error))?;
    check_version(backup, file, version.format_version.as_ref())?;
    serde_json::from_slice(bytes).map_err(|error| corrupted(backup, file, error))
}

/// The member that every document has. All others are skipped.
#[derive(Deserialize)]
struct Version {
    format_version: Option<Value>,
}

fn parse(backup: &str, file: &str, bytes: &[u8]) -> Result<Value> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| corrupted(backup, file, error))?;
    check_version(backup, file, value.get("format_version"))?;
    Ok(value)
}

fn check_version(backup: &str, file: &str, version: Option<&Value>) -> Result<()> {
    match version.and_then(Value::as_u64) {
        None => Err(corrupted(backup, file, "no format_version")),
        Some(0) => Err(corrupted(backup, file, "format_version 0")),
        Some(found) if found > u64::from(FORMAT_VERSION) => {
            Err(Error::UnsupportedFormatVersion { path: format!("{backup}/{file}"), found, supported: FORMAT_VERSION })
        }
        Some(_) => Ok(()),
    }
}

/// Name of the member of `metadata.json` that holds its own digest.
const DIGEST: &str = "digest";

/// `metadata.json`: the metadata with the digest of itself.
///
/// The digest is the SHA-256 of the RFC 8785 canonical form of the document without that member, so that it holds
/// for any text with the same content, and nothing in the document can change unseen.
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

/// The metadata, once its own digest is known to be right.
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

/// Whether a document has the layout that [`to_bytes`] gives. A digest over the content does not see a changed
/// space, nor a member given twice; this does.
pub(crate) fn has_own_layout(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|value| to_bytes(&value).is_ok_and(|again| again == bytes))
}

fn self_digest(value: &Value) -> Result<String, serde_json::Error> {
    let canonical = serde_json_canonicalizer::to_vec(value)?;
    Ok(digest(ChecksumAlgorithm::Sha256, &canonical))
}

/// The digest of a document, lower-case hexadecimal.
pub(crate) fn digest(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish_hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_written_in_alphabetical_order() {
        let value = serde_json::json!({"b": 1, "a": {"d": 2, "c": 3}});
        let text = "{\n  \"a\": {\n    \"c\": 3,\n    \"d\": 2\n  },\n  \"b\": 1\n}\n";
        assert_eq!(to_bytes(&value).unwrap(), text);
        assert!(has_own_layout(text.as_bytes()));
    }

    #[test]
    fn another_layout_of_the_same_content_is_seen() {
        for text in ["{\"a\":1}\n", "{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"a\": 1\n}\n", "{\n\t\"a\": 1\n}\n"] {
            assert!(!has_own_layout(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn a_newer_format_is_refused_by_name_before_anything_else() {
        let error = from_bytes::<IndexesDocument>("backup", "indexes.json", b"{\"format_version\": 2}").unwrap_err();
        assert!(matches!(error, Error::UnsupportedFormatVersion { found: 2, .. }), "{error}");
    }
}
