//! Storages that do not fit, and files that are damaged or gone: an error that names them, and nothing committed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use milvus_backup_testkit::shared;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget},
    milvus_br::MilvusBr,
};

use super::support::{MILVUS, assert_same_by_both, digests};

fn with_storage_at(storage: &Path) -> MilvusBr {
    MilvusBr::on(MILVUS).with_env("MILVUS_BR_MILVUS_STORAGE", storage.to_str().unwrap())
}

/// Copies the logs of the shared server, as far as they exist.
fn copied_logs(to: &Path) -> PathBuf {
    let from = shared(MILVUS).unwrap().data_dir();
    let storage = to.join("storage");
    fs::create_dir_all(&storage).unwrap();
    for kind in ["insert_log", "delta_log"].map(|kind| from.join(kind)).iter().filter(|kind| kind.exists()) {
        // Logs of other tests may disappear meanwhile.
        Command::new("cp").arg("-r").arg(kind).arg(&storage).output().unwrap();
    }
    storage
}

/// The logs of a field of a collection that a flush has written, by the number of the collection.
fn logs_of(storage: &Path, collection: &str, field: &str) -> Vec<PathBuf> {
    let segments = fs::read_dir(storage.join("insert_log").join(collection)).unwrap();
    let segments = segments.flat_map(|partition| fs::read_dir(partition.unwrap().path()).unwrap());
    let logs = segments.flat_map(|segment| fs::read_dir(segment.unwrap().path().join(field)).unwrap());
    logs.map(|log| log.unwrap().path()).collect()
}

fn collection_id(name: &str) -> String {
    milvus_backup_tests::scripts::ask(
        "print(json.dumps(str(Milvus(given['uri']).describe(given['collection']).collectionID)))",
        &serde_json::json!({ "uri": shared(MILVUS).unwrap().uri(), "collection": name }),
    )
}

#[test]
fn another_root_is_refused_before_anything_is_written() {
    let name = "segments_wrong_root";
    Plain::on(MILVUS, name).partition("_default", 100).make();
    // Its rows are in segments from now on.
    assert_same_by_both(name);
    let scratch = tempfile::tempdir().unwrap();
    let foreign = scratch.path().join("foreign");
    fs::create_dir_all(foreign.join("insert_log/1/2/3/100")).unwrap();
    fs::write(foreign.join("insert_log/1/2/3/100/4"), "x").unwrap();
    for storage in [scratch.path().join("missing"), scratch.path().to_owned(), foreign] {
        let br = with_storage_at(&storage);
        let refused = br.run(&["create", name, "--source", "segments", "--json"]).code(2);
        let error = refused.error();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("milvus_storage") && message.contains(storage.to_str().unwrap()), "{message}");
        assert!(!br.root().exists(), "{storage:?}");
        let result = br.json(&["create", name]);
        assert_eq!((&result["row_count"], &result["metadata"]["source"]), (&100.into(), &"query".into()), "{result}");
    }
    let br = MilvusBr::on(MILVUS);
    br.run(&["create", name, "--source", "segments"]).code(2).says(&["--milvus-storage"]);
    forget(MILVUS, &[name]);
}

#[test]
fn a_flipped_byte_and_a_missing_log_are_named() {
    let name = "segments_damaged";
    Plain::on(MILVUS, name).partition("_default", 2_000).make();
    assert_same_by_both(name);
    let scratch = tempfile::tempdir().unwrap();
    let storage = copied_logs(scratch.path());
    let br = with_storage_at(&storage);
    let intact = br.create(&[name, "--source", "segments"]);
    let collection = collection_id(name);
    let rows = digests(&br, &intact);
    for field in ["1", "100", "102"] {
        let log = logs_of(&storage, &collection, field).remove(0);
        let file = log.strip_prefix(&storage).unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&log).unwrap();
        for place in [bytes.len() / 5, bytes.len() / 2, bytes.len() - 3] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x10;
            fs::write(&log, &damaged).unwrap();
            let created = br.run(&["create", name, "--json"]);
            if created.exit_code == Some(0) {
                // A byte that no reader needs, such as one of the statistics of small files.
                assert!(bytes.len() < 10_000, "byte {place} of {file} was not missed");
                let backup = created.json()["backup_id"].as_str().unwrap().to_owned();
                assert_eq!(digests(&br, &backup), rows, "byte {place} of {file}");
                br.run(&["delete", &backup, "--yes"]).code(0);
            } else {
                let created = created.code(13);
                assert!(created.error()["message"].to_string().contains(&file), "{created:?}");
            }
        }
        fs::write(&log, &bytes[..bytes.len() - 1]).unwrap();
        br.run(&["create", name]).code(13).says(&[&file]);
        fs::write(&log, &bytes).unwrap();
    }
    let log = logs_of(&storage, &collection, "101").remove(0);
    let bytes = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    let segment = log.ancestors().nth(2).unwrap().file_name().unwrap().to_str().unwrap();
    br.run(&["create", name, "--source", "segments"]).code(13).says(&[segment, "--source query"]);
    fs::write(&log, &bytes).unwrap();
    assert_eq!(br.listed(), [intact], "only the backup of intact logs is listed");
    br.create(&[name, "--source", "segments"]);
    forget(MILVUS, &[name]);
}

/// Nothing in the storage of Milvus is written, whatever the create does.
#[test]
fn the_storage_is_only_read() {
    let name = "segments_read_only";
    Plain::on(MILVUS, name).partition("_default", 500).make();
    assert_same_by_both(name);
    let scratch = tempfile::tempdir().unwrap();
    let storage = copied_logs(scratch.path());
    let listing = |path: &Path| Command::new("ls").arg("-lR").arg(path).output().unwrap().stdout;
    let before = listing(&storage);
    let br = with_storage_at(&storage);
    let backup = br.create(&[name, "--source", "segments"]);
    assert_eq!(BackupFiles::find(&br, &backup).json("metadata.json")["row_count"], 500);
    assert_eq!(listing(&storage), before);
    forget(MILVUS, &[name]);
}
