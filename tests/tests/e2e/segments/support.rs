//! The command with the storage of the shared server, and what there is to ask of its backups.

use std::collections::BTreeMap;

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{backup_files::BackupFiles, milvus_br::MilvusBr};
use serde_json::Value;

pub(super) const MILVUS: ServerKind = ServerKind::Milvus235;

/// The command with a fresh root, and the storage of the shared server.
pub(super) fn with_storage() -> MilvusBr {
    let storage = shared(MILVUS).unwrap().data_dir();
    MilvusBr::on(MILVUS).with_env("MILVUS_BR_MILVUS_STORAGE", storage.to_str().unwrap())
}

/// The rows and the digest of each partition of a backup.
pub(super) fn digests(br: &MilvusBr, backup: &str) -> BTreeMap<String, (u64, String)> {
    let manifest = BackupFiles::find(br, backup).json("manifest.json");
    let partitions = manifest["partitions"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    partitions
        .map(|partition| {
            (text(&partition["name"]), (partition["row_count"].as_u64().unwrap(), text(&partition["row_digest"])))
        })
        .collect()
}

/// Asserts that a backup was read from segment files, as of a moment.
pub(super) fn assert_of_segments(br: &MilvusBr, backup: &str) {
    let metadata = BackupFiles::find(br, backup).json("metadata.json");
    assert_eq!(metadata["source"], "segments", "{metadata}");
    assert_eq!(metadata["consistency"], "snapshot", "{metadata}");
    assert!(metadata["read_timestamp"].as_str().unwrap().parse::<u64>().unwrap() > 0, "{metadata}");
    let limitations = metadata["limitations"].to_string();
    assert!(!limitations.contains("point-in-time") && !limitations.contains("missing"), "{limitations}");
    let manifest = BackupFiles::find(br, backup).json("manifest.json");
    let chunks = manifest["partitions"].as_array().unwrap().iter().flat_map(|one| one["chunks"].as_array().unwrap());
    for chunk in chunks {
        assert_eq!((&chunk["ordered"], &chunk["primary_key_range"]), (&Value::Bool(false), &Value::Null), "{chunk}");
    }
}

/// Backs a collection up from segment files and by queries, and asserts that the rows are the same. Returns their number.
pub(super) fn assert_same_by_both(name: &str) -> u64 {
    let br = with_storage();
    let segments = br.create(&[name, "--source", "segments"]);
    assert_of_segments(&br, &segments);
    let query = br.create(&[name, "--source", "query"]);
    assert_eq!(BackupFiles::find(&br, &query).json("metadata.json")["source"], "query");
    let (by_segments, by_query) = (digests(&br, &segments), digests(&br, &query));
    assert_eq!(by_segments, by_query, "{name}");
    by_query.values().map(|(rows, _)| rows).sum()
}
