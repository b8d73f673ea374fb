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
    if let Some((path, ..)) = manifest.data_files().find(|(path, ..)| !is_inside(path) || !path.starts_with(DATA)) {
        let message = format!("it names `{}` as data file", path.escape_default());
        return Err(corrupted(backup, MANIFEST, message));
    }
    if let Some(missing) = missing_part(&manifest) {
        return Err(corrupted(backup, MANIFEST, format!("it has no {missing}")));
    }
    Ok(manifest)
}

/// Returns a part that the kind of the payload requires and that is missing.
fn missing_part(manifest: &BackupManifest) -> Option<String> {
    if manifest.kind == PayloadKind::MilvusBackup {
        return manifest.native.is_none().then(|| "list of the files of the tool".to_owned());
    }
    let without = manifest.partitions.iter().find(|partition| partition.row_digest.is_none())?;
    Some(format!("row digest of partition `{}`", without.name.escape_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_is_not_known_is_refused_by_name() {
        let text = br#"{"format_version": 1, "kind": "lance", "directory": "native"}"#;
        let error = manifest_from_bytes("backup", text).unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what } if what.contains("lance")), "{error}");
    }

    #[test]
    fn each_kind_has_what_it_needs() {
        let refused = |text: &str| manifest_from_bytes("backup", text.as_bytes()).unwrap_err().to_string();
        let files = refused(r#"{"format_version": 1, "kind": "milvus-backup", "partitions": []}"#);
        assert!(files.contains("files of the tool"), "{files}");
        let partition = r#"{"name": "p1", "row_count": 0, "chunks": []}"#;
        let digest = refused(&format!(r#"{{"format_version": 1, "kind": "parquet", "partitions": [{partition}]}}"#));
        assert!(digest.contains("row digest of partition `p1`"), "{digest}");
        let outside = r#"{"name": "n", "tool_version": "0.5.16", "segments": [], "objects": [{"path": "data/../../x", "size_bytes": 1, "checksum": ""}]}"#;
        let outside = refused(&format!(
            r#"{{"format_version": 1, "kind": "milvus-backup", "partitions": [], "native": {outside}}}"#
        ));
        assert!(outside.contains("as data file"), "{outside}");
    }
}
