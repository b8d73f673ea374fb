//! `manifest.json`: the partitions of a backup and their data files.

use milvus_backup_core::{BackupManifest, Error, PayloadKind, Result};
use milvus_backup_storage::error::corrupted;
use serde::Deserialize;

use super::codec::from_bytes;
use crate::layout::{DATA, MANIFEST, is_inside};

/// The kind of the payload, which is checked before anything else in the document.
#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// Parses `manifest.json`, and checks that the paths in it stay inside the backup.
///
/// # Errors
/// [`Error::Unsupported`] for a kind of payload that this version does not know.
pub(crate) fn manifest_from_bytes(backup: &str, bytes: &[u8]) -> Result<BackupManifest> {
    let Kind { kind } = from_bytes(backup, MANIFEST, bytes)?;
    if serde_json::from_value::<PayloadKind>(kind.as_str().into()).is_err() {
        return Err(Error::Unsupported { what: format!("a backup of kind `{}`", kind.escape_default()) });
    }
    let manifest: BackupManifest = from_bytes(backup, MANIFEST, bytes)?;
    if let Some(chunk) = manifest.chunks().find(|chunk| !is_inside(&chunk.path) || !chunk.path.starts_with(DATA)) {
        let message = format!("it names `{}` as data file", chunk.path.escape_default());
        return Err(corrupted(backup, MANIFEST, message));
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_is_not_known_is_refused_by_name() {
        let text = br#"{"format_version": 1, "kind": "milvus-backup", "directory": "native"}"#;
        let error = manifest_from_bytes("backup", text).unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what } if what.contains("milvus-backup")), "{error}");
    }
}
