//! Documents that contain their own digest.
//!
//! The digest is the SHA-256 of the RFC 8785 canonical form of the document without the member that holds it, so that it
//! is valid for any text with the same content, and detects every change of the content.

use bytes::Bytes;
use milvus_backup_core::{ChecksumAlgorithm, Error, Result};
use milvus_backup_storage::error::corrupted;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codec::{digest, parse, to_bytes};

/// Name of the member that holds the digest of its document.
const DIGEST: &str = "digest";

/// Returns the text of a document with its own digest. `file` is its name for messages.
pub(crate) fn sealed_to_bytes(file: &str, document: &impl Serialize) -> Result<Bytes> {
    let encoding =
        |source: serde_json::Error| Error::Encoding { action: format!("write {file}"), source: Box::new(source) };
    let mut value = serde_json::to_value(document).map_err(encoding)?;
    let digest = self_digest(&value).map_err(encoding)?;
    if let Value::Object(members) = &mut value {
        members.insert(DIGEST.to_owned(), Value::String(digest));
    }
    to_bytes(&value)
}

/// Parses a document, after checking its own digest. `place` is the directory of the file for messages.
pub(crate) fn sealed_from_bytes<T: DeserializeOwned>(place: &str, file: &str, bytes: &[u8]) -> Result<T> {
    let mut value = parse(place, file, bytes)?;
    let recorded = value.as_object_mut().and_then(|members| members.remove(DIGEST));
    let Some(Value::String(recorded)) = recorded else { return Err(corrupted(place, file, "no digest")) };
    let computed = self_digest(&value).map_err(|error| corrupted(place, file, error))?;
    if computed != recorded {
        return Err(corrupted(place, file, format!("digest is {computed}, but {recorded} is recorded")));
    }
    serde_json::from_value(value).map_err(|error| corrupted(place, file, error))
}

fn self_digest(value: &Value) -> Result<String, serde_json::Error> {
    let canonical = serde_json_canonicalizer::to_vec(value)?;
    Ok(digest(ChecksumAlgorithm::Sha256, &canonical))
}
