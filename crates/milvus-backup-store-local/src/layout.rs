//! Where the files of a backup are, below its directory.

use milvus_backup_core::path_segment;

/// Written last: its presence is the commit.
pub(crate) const METADATA: &str = "metadata.json";
/// Everything needed to create the collection again, indexes and aliases apart.
pub(crate) const SCHEMA: &str = "schema.json";
/// The index definitions.
pub(crate) const INDEXES: &str = "indexes/indexes.json";
/// Digest and size of every other file.
pub(crate) const CHECKSUMS: &str = "checksums.json";
/// Where the data files are.
pub(crate) const DATA: &str = "data/";
/// The last verification, outside the chain of digests.
pub(crate) const VERIFICATION: &str = "verification.json";

/// Who writes a backup that is not committed, and how; removed after the commit.
pub(crate) const UNFINISHED: &str = "unfinished.json";
/// The data files of such a backup that are complete; removed after the commit.
pub(crate) const JOURNAL: &str = "unfinished/";
/// Below the directory of a collection: who changes its backups.
pub(crate) const LOCKS: &str = "locks";
/// Below the directory of a collection: the collections that restores of its backups are making.
pub(crate) const NOTES: &str = "restores";

/// The file of chunk `index` of a partition.
pub(crate) fn chunk_file(partition: &str, index: usize) -> String {
    let name = path_segment(partition);
    if index == 0 { format!("{DATA}{name}.parquet") } else { format!("{DATA}{name}.{index:05}.parquet") }
}

/// The index of a chunk, if it is one of this partition.
pub(crate) fn chunk_number(partition: &str, file: &str) -> Option<usize> {
    let number = file.strip_prefix(DATA)?.strip_prefix(&path_segment(partition))?.strip_suffix(".parquet")?;
    let number = if number.is_empty() { 0 } else { number.strip_prefix('.')?.parse().ok()? };
    (chunk_file(partition, number) == file).then_some(number)
}

/// Whether a file is only there to go on with a backup that was cut off. It means nothing in one that is committed.
pub(crate) fn is_of_unfinished(file: &str) -> bool {
    file == UNFINISHED || file.starts_with(JOURNAL)
}

/// Whether a path that a document names stays inside the backup: relative, of plain segments.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 1024
        && path.split('/').all(|segment| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b':' | b'*' | b'?'))
        })
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
}
