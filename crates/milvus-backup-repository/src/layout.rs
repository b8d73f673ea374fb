//! The paths of the files of a backup, relative to its directory.

use milvus_backup_core::{BackupId, SetId, path_segment};

/// The summary, which is written last: its presence is the commit.
pub const METADATA: &str = "metadata.json";
/// The payload: partitions and their data files.
pub const MANIFEST: &str = "manifest.json";
/// At the root: the kind of the repository, and the features required to read and write it.
pub const REPOSITORY: &str = "repository.json";
/// The definition from which the collection is recreated, except for its indexes and aliases.
pub const SCHEMA: &str = "schema.json";
/// The definitions of the indexes.
pub const INDEXES: &str = "indexes/indexes.json";
/// The digest and size of every other file.
pub const CHECKSUMS: &str = "checksums.json";
/// The directory of the data files.
pub const DATA: &str = "data/";
/// The last verification, outside the chain of digests.
pub const VERIFICATION: &str = "verification.json";

/// The process that writes an uncommitted backup, and its plan; removed after the commit.
pub const UNFINISHED: &str = "unfinished.json";
/// The records of the complete data files of such a backup; removed after the commit.
pub const JOURNAL: &str = "unfinished/";
/// Below the directory of a collection: the leases on its backups.
pub const LOCKS: &str = "locks";
/// Below the directory of a collection: the collections that restores of its backups are creating.
pub const NOTES: &str = "restores";
/// At the root: the records of sets of backups. No collection has a directory that begins with an underscore.
pub const SETS: &str = "_sets";
/// Below the directory of a collection: the marks that protect backups from deletion.
pub const PINS: &str = "pins";

/// Returns the file of the pin of a backup, relative to the directory of the collection.
pub fn pin_file(backup_id: &BackupId) -> String {
    format!("{PINS}/{backup_id}.json")
}

/// Returns the file of the record of a set, relative to the root.
pub fn set_file(set_id: &SetId) -> String {
    format!("{SETS}/{set_id}.json")
}

/// Returns the backup that a file in the directory of the pins protects.
pub(crate) fn pinned_backup(file: &str) -> Option<BackupId> {
    file.strip_suffix(".json")?.parse().ok()
}

/// Returns the file of chunk `index` of a partition.
pub fn chunk_file(partition: &str, index: usize) -> String {
    let name = path_segment(partition);
    if index == 0 { format!("{DATA}{name}.parquet") } else { format!("{DATA}{name}.{index:05}.parquet") }
}

/// Returns the index of a chunk, if it belongs to this partition.
pub fn chunk_number(partition: &str, file: &str) -> Option<usize> {
    let number = file.strip_prefix(DATA)?.strip_prefix(&path_segment(partition))?.strip_suffix(".parquet")?;
    let number = if number.is_empty() { 0 } else { number.strip_prefix('.')?.parse().ok()? };
    (chunk_file(partition, number) == file).then_some(number)
}

/// Returns whether a file exists only to resume an interrupted backup. It has no meaning in a committed one.
pub fn is_of_unfinished(file: &str) -> bool {
    file == UNFINISHED || file.starts_with(JOURNAL)
}

/// Returns whether a path in a document stays inside the backup: relative, with plain segments only.
pub fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 1024
        && path.split('/').all(|segment| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b':' | b'*' | b'?'))
        })
}

/// Maximum size of a document in bytes, unless [`document_limit`] sets a lower limit.
const MAX_DOCUMENT_BYTES: u64 = 256 << 20;
/// Maximum size of `metadata.json` in bytes: several times the names of 4,096 partitions of 255 bytes each.
const MAX_METADATA_BYTES: u64 = 8 << 20;
/// Maximum size of `repository.json` in bytes.
const MAX_REPOSITORY_BYTES: u64 = 1 << 20;
/// Maximum size of `verification.json` in bytes: a few records.
const MAX_VERIFICATION_BYTES: u64 = 1 << 20;
/// Maximum size of the record of a set in bytes: tens of thousands of members.
const MAX_SET_BYTES: u64 = 32 << 20;
/// Maximum size of a pin in bytes.
const MAX_PIN_BYTES: u64 = 64 << 10;

/// Returns the maximum size in bytes of a document with this name, or at this path.
pub fn document_limit(path: &str) -> u64 {
    match path.rsplit('/').next() {
        _ if path.starts_with(PINS) && path[PINS.len()..].starts_with('/') => MAX_PIN_BYTES,
        _ if path.starts_with(SETS) && path[SETS.len()..].starts_with('/') => MAX_SET_BYTES,
        Some(METADATA) => MAX_METADATA_BYTES,
        Some(REPOSITORY) => MAX_REPOSITORY_BYTES,
        Some(VERIFICATION) => MAX_VERIFICATION_BYTES,
        _ => MAX_DOCUMENT_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_of_different_partitions_never_collide() {
        assert_eq!(chunk_file("p", 0), "data/p.parquet");
        assert_eq!(chunk_file("p", 1), "data/p.00001.parquet");
        assert_eq!(chunk_file("p.00001", 0), "data/p%2E00001.parquet");
        for number in [0, 1, 123_456] {
            assert_eq!(chunk_number("p", &chunk_file("p", number)), Some(number));
            assert_eq!(chunk_number("q", &chunk_file("p", number)), None);
            assert_eq!(chunk_number("p", &chunk_file("p.00001", number)), None);
            assert_eq!(chunk_number("p", &chunk_file("p1", number)), None);
        }
        assert_eq!(chunk_number("p", "data/p.1.parquet"), None);
    }

    #[test]
    fn paths_cannot_leave_the_backup() {
        assert!(is_inside("data/p%2E1.00001.parquet"));
        for path in ["", "/etc/passwd", "../x", "data/../../x", "data//x", "data/.", "c:\\x", "a\nb"] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn limits_hold_for_names_and_paths() {
        assert_eq!(document_limit("items/20261122T073015Z-4f9c2a7e/metadata.json"), 8 << 20);
        assert_eq!(document_limit("verification.json"), 1 << 20);
        assert_eq!(document_limit("data/verification.json.parquet"), 256 << 20);
        assert_eq!(document_limit("pins/20261128T120000Z-00000000.json"), 64 << 10);
        assert_eq!(document_limit("pins"), 256 << 20);
        assert_eq!(document_limit("_sets/set-20261128T120000Z-00000000.json"), 32 << 20);
    }
}
