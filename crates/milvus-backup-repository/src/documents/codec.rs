//! The conversion of documents to and from text.
//!
//! Must always hold: every document contains `format_version`, and a newer one is rejected by name before anything else
//! in it is examined.

use bytes::Bytes;
use milvus_backup_core::{ChecksumAlgorithm, Error, FORMAT_VERSION, Result};
use milvus_backup_integrity::Hasher;
use milvus_backup_storage::error::corrupted;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Returns a document as human-readable text: indented, with a newline at the end.
pub(crate) fn to_bytes(document: &impl Serialize) -> Result<Bytes> {
    let mut bytes = serde_json::to_vec_pretty(document)
        .map_err(|source| Error::Encoding { action: "write a document".to_owned(), source: Box::new(source) })?;
    bytes.push(b'\n');
    Ok(bytes.into())
}

/// Parses a document, after checking that its version is supported.
///
/// The bytes are parsed twice, so that no generic form of the complete document is held in memory.
pub(crate) fn from_bytes<T: DeserializeOwned>(backup: &str, file: &str, bytes: &[u8]) -> Result<T> {
    let version: Version = serde_json::from_slice(bytes).map_err(|error| corrupted(backup, file, error))?;
    check_version(backup, file, version.format_version.as_ref())?;
    serde_json::from_slice(bytes).map_err(|error| corrupted(backup, file, error))
}

/// The member that every document has. All others are ignored.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Debug))]
struct Version {
    format_version: Option<Value>,
}

/// Parses a document as a generic value, after checking that its version is supported.
pub(super) fn parse(backup: &str, file: &str, bytes: &[u8]) -> Result<Value> {
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

/// Returns whether a document has the layout that [`to_bytes`] produces. A digest over the content does not detect
/// changed white space, nor a duplicate member; this does.
pub(crate) fn has_own_layout(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|value| to_bytes(&value).is_ok_and(|again| again == bytes))
}

/// Returns the digest of a document in lower-case hexadecimal.
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
        let error = from_bytes::<Version>("backup", "indexes.json", b"{\"format_version\": 2}").unwrap_err();
        assert!(matches!(error, Error::UnsupportedFormatVersion { found: 2, .. }), "{error}");
    }
}
