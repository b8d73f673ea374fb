//! The comparison of the files of a backup with `checksums.json` and `metadata.json`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use futures::StreamExt;
use milvus_backup_core::{
    BackupId, BackupMetadata, CollectionRef, ContentCheck, Error, FindingKind, Findings, Progress, Result,
    StoredBackup, VerificationParams, VerificationResult, VerificationType,
};
use milvus_backup_storage::Directory;

use super::hash::digest_object;
use super::manifest::{check_manifest, compare_algorithms, compare_with_manifest};
use crate::catalogue::read_checksums;
use crate::documents::{ChecksumsDocument, FileEntry, has_own_layout};
use crate::handle::RepositoryHandle;
use crate::layout::{CHECKSUMS, DATA, MANIFEST, METADATA, VERIFICATION, is_of_unfinished};

/// Number of files of a store behind a network that are read concurrently. The link limits the rate, not the number of
/// processors, and the ranges in flight are limited by this number.
const REMOTE_FILES: usize = 4;

impl RepositoryHandle {
    /// Compares a backup with its records. A quick verification skips the digests of data files, and uses `content` to
    /// check a sample of their contents.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::UnsupportedFormatVersion`], [`Error::Storage`]. Damage is a finding.
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        content: &dyn ContentCheck,
        progress: &dyn Progress,
    ) -> Result<VerificationResult> {
        let directory = self.backup(collection, id);
        let mut findings = Findings::new(params.fail_fast, progress);
        self.require_readable().await?;
        match self.read_commit(&directory, id).await {
            Ok(Some((bytes, metadata))) => {
                check_metadata_layout(&bytes, &mut findings);
                self.compare_files(&directory, metadata, params, content, &mut findings).await?;
            }
            Ok(None) => return Err(self.not_found(id)),
            Err(Error::Corrupted { message, failed_files, .. }) => {
                for file in &failed_files {
                    findings.checked(file, 0);
                    findings.add(file, FindingKind::Malformed, "", "", message.clone());
                }
            }
            Err(error) => return Err(error),
        }
        let mut result = findings.into_result(id.clone(), params.verification_type, now);
        if params.verification_type == VerificationType::Quick {
            result.seed = Some(params.seed.unwrap_or_default());
        }
        Ok(result)
    }

    async fn compare_files(
        &self,
        directory: &Directory,
        metadata: BackupMetadata,
        params: &VerificationParams,
        content: &dyn ContentCheck,
        findings: &mut Findings<'_>,
    ) -> Result<()> {
        let mut actual: BTreeMap<String, u64> = directory.list().await?.into_iter().collect();
        let mut checksums = match read_checksums(directory, &metadata).await {
            Ok(checksums) => checksums,
            Err(Error::Corrupted { message, .. }) => {
                findings.checked(CHECKSUMS, 0);
                findings.add(CHECKSUMS, FindingKind::ChecksumMismatch, &metadata.checksum, "", message);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        findings.checked(CHECKSUMS, actual.get(CHECKSUMS).copied().unwrap_or_default());
        compare_algorithms(&metadata, &checksums, findings);
        let (listed, size) = (checksums.files.remove(MANIFEST), actual.remove(MANIFEST));
        let manifest = check_manifest(self, &metadata, listed, size, findings).await?;
        if let Some(manifest) = &manifest {
            compare_with_manifest(manifest, &checksums, findings);
        }
        for file in actual.keys().filter(|file| is_unexpected(file, &checksums)) {
            findings.checked(file, 0);
            findings.add(file, FindingKind::Unexpected, "no such file", file, format!("`{file}` does not belong here"));
        }
        let to_hash = compare_sizes(&checksums, &actual, findings);
        let backup = manifest.map(|manifest| StoredBackup { metadata, manifest });
        compare_content(directory, &checksums, to_hash, backup.as_ref(), params, content, findings).await
    }
}

/// Compares the bytes of files with their digests; in a quick verification those of documents, and a sample of the rows
/// in data files.
async fn compare_content(
    directory: &Directory,
    checksums: &ChecksumsDocument,
    mut to_hash: Vec<(String, FileEntry)>,
    backup: Option<&StoredBackup>,
    params: &VerificationParams,
    content: &dyn ContentCheck,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let present: Vec<String> = to_hash.iter().map(|(file, _)| file.clone()).collect();
    let present: HashSet<&str> = present.iter().map(String::as_str).collect();
    let quick = params.verification_type == VerificationType::Quick;
    let sampled = backup.filter(|_| quick);
    if quick {
        to_hash.retain(|(file, _)| !file.starts_with(DATA));
    }
    let sample = sampled.map_or_else(Vec::new, |backup| content.sample(backup, params, &present));
    let bytes = to_hash.iter().map(|(_, entry)| entry.size_bytes).chain(sample.iter().map(|group| group.bytes));
    findings.planned(bytes.sum());
    if !findings.enough() {
        compare_digests(directory, checksums, to_hash, findings).await?;
    }
    match sampled {
        Some(backup) if !findings.enough() => content.check(backup, &sample, findings).await,
        _ => Ok(()),
    }
}

fn is_unexpected(file: &str, checksums: &ChecksumsDocument) -> bool {
    !matches!(file, METADATA | CHECKSUMS | VERIFICATION)
        && !is_of_unfinished(file)
        && !checksums.files.contains_key(file)
}

/// Checks the bytes of the metadata: its digest covers only the content, but the bytes must be unchanged, too.
fn check_metadata_layout(bytes: &[u8], findings: &mut Findings<'_>) {
    findings.checked(METADATA, bytes.len() as u64);
    if !has_own_layout(bytes) {
        findings.add(METADATA, FindingKind::Malformed, "", "", "contents differ from what was written".to_owned());
    }
}

/// Records files that are missing or have another size, and returns the others.
fn compare_sizes(
    checksums: &ChecksumsDocument,
    actual: &BTreeMap<String, u64>,
    findings: &mut Findings<'_>,
) -> Vec<(String, FileEntry)> {
    let mut present = Vec::new();
    for (file, entry) in &checksums.files {
        match actual.get(file) {
            Some(size) if *size == entry.size_bytes => present.push((file.clone(), entry.clone())),
            Some(size) => {
                findings.checked(file, 0);
                let (expected, found) = (entry.size_bytes.to_string(), size.to_string());
                let message = format!("`{file}` has {size} bytes, but {} are recorded", entry.size_bytes);
                findings.add(file, FindingKind::SizeMismatch, &expected, &found, message);
            }
            None => {
                findings.checked(file, 0);
                findings.add(file, FindingKind::Missing, &entry.checksum, "", format!("`{file}` is missing"));
            }
        }
    }
    present
}

async fn compare_digests(
    directory: &Directory,
    checksums: &ChecksumsDocument,
    mut files: Vec<(String, FileEntry)>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    // A large file that starts last would be hashed while all other processors are idle.
    files.sort_by_key(|(_, entry)| Reverse(entry.size_bytes));
    let hashers = match directory.ranges_ahead() {
        1 => std::thread::available_parallelism().map_or(2, usize::from),
        _ => REMOTE_FILES,
    };
    let digest = async |(file, entry): (String, FileEntry)| {
        let digest = digest_object(directory, &file, entry.size_bytes, checksums.algorithm).await;
        (file, entry, digest)
    };
    let mut digests = futures::stream::iter(files).map(digest).buffer_unordered(hashers);
    while let Some((file, entry, digest)) = digests.next().await {
        findings.checked(&file, entry.size_bytes);
        match digest {
            Ok(digest) if digest == entry.checksum => {}
            Ok(digest) => {
                let message = format!("the digest of `{file}` is {digest}, but {} is recorded", entry.checksum);
                findings.add(&file, FindingKind::ChecksumMismatch, &entry.checksum, &digest, message);
            }
            Err(error) => findings.add_error(&file, &entry.checksum, error)?,
        }
        if findings.enough() {
            break;
        }
    }
    Ok(())
}
