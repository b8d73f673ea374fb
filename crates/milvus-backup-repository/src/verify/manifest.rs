//! The comparison of `manifest.json` with `metadata.json` and `checksums.json`.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupManifest, BackupMetadata, Error, FindingKind, Findings, Result};

use crate::documents::{ChecksumsDocument, FileEntry};
use crate::handle::RepositoryHandle;
use crate::layout::{CHECKSUMS, DATA, MANIFEST, METADATA};

/// Checks that both documents name the same algorithm.
pub(super) fn compare_algorithms(
    metadata: &BackupMetadata,
    checksums: &ChecksumsDocument,
    findings: &mut Findings<'_>,
) {
    let (expected, actual) = (metadata.checksum_algorithm, checksums.algorithm);
    if actual != expected {
        let message = format!("algorithm is {actual}, but {METADATA} says {expected}");
        findings.add(CHECKSUMS, FindingKind::Malformed, expected.as_str(), actual.as_str(), message);
    }
}

/// Reads the manifest and compares it with its record in `checksums.json` (`listed`), its size in the store (`size`)
/// and `metadata.json`. Returns `None` for a damaged one, whose damage is a finding.
pub(super) async fn check_manifest(
    repository: &RepositoryHandle,
    metadata: &BackupMetadata,
    listed: Option<FileEntry>,
    size: Option<u64>,
    findings: &mut Findings<'_>,
) -> Result<Option<BackupManifest>> {
    let expected = &metadata.manifest_checksum;
    findings.checked(MANIFEST, size.unwrap_or_default());
    let listed_checksum = listed.as_ref().map_or("", |entry| entry.checksum.as_str());
    if listed_checksum != expected {
        let message = format!("{CHECKSUMS} and {METADATA} disagree about `{MANIFEST}`");
        findings.add(MANIFEST, FindingKind::Malformed, expected, listed_checksum, message);
    }
    let Some(size) = size else {
        findings.add(MANIFEST, FindingKind::Missing, expected, "", format!("`{MANIFEST}` is missing"));
        return Ok(None);
    };
    if let Some(entry) = listed.filter(|entry| entry.size_bytes != size) {
        let message = format!("`{MANIFEST}` has {size} bytes, but {} are recorded", entry.size_bytes);
        findings.add(MANIFEST, FindingKind::SizeMismatch, &entry.size_bytes.to_string(), &size.to_string(), message);
        return Ok(None);
    }
    match repository.read_manifest(metadata).await {
        Ok(manifest) => Ok(Some(manifest)),
        Err(Error::Corrupted { message, .. }) => {
            findings.add(MANIFEST, FindingKind::ChecksumMismatch, expected, "", message);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Checks that the data files of the manifest and those of `checksums.json` are the same.
pub(super) fn compare_with_manifest(
    manifest: &BackupManifest,
    checksums: &ChecksumsDocument,
    findings: &mut Findings<'_>,
) {
    let files: BTreeMap<&str, FileEntry> = manifest
        .data_files()
        .map(|(path, size_bytes, checksum)| (path, FileEntry { size_bytes, checksum: checksum.to_owned() }))
        .collect();
    for (path, file) in &files {
        let listed = checksums.files.get(*path);
        if listed != Some(file) {
            let actual = listed.map(|entry| entry.checksum.clone()).unwrap_or_default();
            let message = format!("{CHECKSUMS} and {MANIFEST} disagree about `{path}`");
            findings.add(path, FindingKind::Malformed, &file.checksum, &actual, message);
        }
    }
    for path in checksums.files.keys().filter(|path| path.starts_with(DATA) && !files.contains_key(path.as_str())) {
        let message = format!("`{path}` is in {CHECKSUMS}, but not in {MANIFEST}");
        findings.add(path, FindingKind::Unexpected, "", path, message);
    }
}
