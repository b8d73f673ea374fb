//! The files of a backup as its own documents name them, wherever these documents come from.

use bytes::Bytes;
use milvus_backup_core::{BackupFiles, BackupMetadata, Result, StoredFile};
use milvus_backup_storage::error::corrupted;

use crate::documents::{ChecksumsDocument, digest, from_bytes, has_own_layout, metadata_from_bytes};
use crate::layout::{CHECKSUMS, METADATA, VERIFICATION, is_inside, is_of_unfinished};

/// Reads the summary of a backup, and checks its digest and its layout.
///
/// # Errors
/// [`milvus_backup_core::Error::Corrupted`] and [`milvus_backup_core::Error::UnsupportedFormatVersion`].
pub(crate) fn metadata(place: &str, commit: &[u8]) -> Result<BackupMetadata> {
    let metadata = metadata_from_bytes(place, commit)?;
    if !has_own_layout(commit) {
        return Err(corrupted(place, METADATA, "contents differ from what was written"));
    }
    metadata.collection()?;
    Ok(metadata)
}

/// Lists the files of a backup, after checking the digest of the document that names them.
///
/// # Errors
/// [`milvus_backup_core::Error::Corrupted`] and [`milvus_backup_core::Error::UnsupportedFormatVersion`].
pub(crate) fn files(place: &str, commit: Bytes, metadata: &BackupMetadata, checksums: &[u8]) -> Result<BackupFiles> {
    let found = digest(metadata.checksum_algorithm, checksums);
    if found != metadata.checksum {
        let message = format!("digest is {found}, but {} is recorded", metadata.checksum);
        return Err(corrupted(place, CHECKSUMS, message));
    }
    let document: ChecksumsDocument = from_bytes(place, CHECKSUMS, checksums)?;
    if let Some(path) = document.files.keys().find(|path| !may_be_named(path)) {
        return Err(corrupted(place, CHECKSUMS, format!("it names `{}`", path.escape_default())));
    }
    let covered = document.files.into_iter().map(|(path, entry)| StoredFile {
        path,
        size_bytes: entry.size_bytes,
        checksum: entry.checksum,
    });
    let itself = StoredFile {
        path: CHECKSUMS.to_owned(),
        size_bytes: checksums.len() as u64,
        checksum: metadata.checksum.clone(),
    };
    let mut files: Vec<StoredFile> = covered.chain([itself]).collect();
    files.sort();
    Ok(BackupFiles {
        collection: metadata.collection()?,
        backup_id: metadata.backup_id.clone(),
        algorithm: metadata.checksum_algorithm,
        files,
        commit,
    })
}

/// Returns whether a file can be one of those that the checksums cover: inside the backup, and none of the documents that
/// have their own protection or no meaning in a committed backup.
fn may_be_named(path: &str) -> bool {
    is_inside(path) && ![METADATA, CHECKSUMS, VERIFICATION].contains(&path) && !is_of_unfinished(path)
}
