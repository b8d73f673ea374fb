//! A large partition is read in ranges of primary keys concurrently: every row once, whatever the keys are.
//!
//! On Milvus 2.3.5: Milvus Lite answers one call at a time, and is read in one range.

use std::collections::BTreeSet;
use std::time::Duration;

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::json;

const MILVUS: ServerKind = ServerKind::Milvus235;

/// Backs a collection up that is wide enough for ranges, and compares what is restored of it.
fn every_row_once(name: &str, make: impl FnOnce(Plain) -> Plain, options: &[&str]) {
    let restored = format!("{name}_restored");
    let rows = make(Plain::on(MILVUS, name).partition("_default", 2_000).partition("p1", 30).dim(1024)).make();
    let br = MilvusBr::on(MILVUS);
    let id = br.create(&[name, "--chunk-size", "1MB", "--compression", "none"]);
    let files = BackupFiles::find(&br, &id);
    assert!(files.data().len() >= 8, "few files: {:?}", files.data());
    assert_eq!(files.json("metadata.json")["row_count"], rows);
    let manifest = files.json("manifest.json");
    // Chunks are in the order of their keys, whichever was written first.
    let chunks = manifest["partitions"][0]["chunks"].as_array().unwrap();
    let key = |chunk: &serde_json::Value, end: &str| chunk["primary_key_range"][end].as_str().unwrap().to_owned();
    for pair in chunks.windows(2) {
        let (max, min) = (key(&pair[0], "max"), key(&pair[1], "min"));
        let ascending = match (max.parse::<i64>(), min.parse::<i64>()) {
            (Ok(max), Ok(min)) => max < min,
            _ => max < min,
        };
        assert!(ascending, "{max} before {min}");
    }
    let counts: Vec<u64> = chunks.iter().map(|chunk| chunk["row_count"].as_u64().unwrap()).collect();
    assert!(counts.iter().all(|count| *count < 600), "files of {counts:?} rows");
    // Streams begin in the middle, and in the middle of the second half.
    let rows_before = counts.iter().scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count)));
    let begins: Vec<u64> = rows_before.collect();
    for part in [1000, 1500] {
        assert!(begins.iter().any(|begin| begin.abs_diff(part) < 10), "no file begins near row {part}: {begins:?}");
    }
    br.run(&["verify", &id]).code(0);
    br.restore(&id, &restored, options);
    Snapshot::of(MILVUS, name).assert_same_rows(&Snapshot::of(MILVUS, &restored));
    forget(MILVUS, &[name, &restored]);
}

#[test]
fn of_integers() {
    every_row_once("ranges_integers", |plain| plain, &[]);
}

#[test]
fn of_texts() {
    every_row_once("ranges_texts", Plain::text_keys, &[]);
}

#[test]
fn of_generated_keys() {
    every_row_once("ranges_generated", Plain::auto_id, &["--auto-id", "plain"]);
}

/// What is complete of each range is kept, and the rest of each is read.
#[test]
fn after_a_kill() {
    let name = "ranges_killed";
    let rows = Plain::on(MILVUS, name).partition("_default", 3_000).dim(1024).make();
    let br = MilvusBr::on(MILVUS);
    let running = br.start_completing(&[name, "--chunk-size", "512KB", "--compression", "none"], 6);
    assert!(running.kill(), "the create had ended");
    let id = &br.unfinished();
    let result = br.start(&["create", "--resume", id, "--json"]).finish_within(Duration::from_mins(2)).code(0).json();
    assert_eq!(result["row_count"], rows, "{result}");
    br.run(&["verify", id]).code(0);
    br.restore(id, "ranges_killed_restored", &[]);
    Snapshot::of(MILVUS, name).assert_same(&Snapshot::of(MILVUS, "ranges_killed_restored"));
    forget(MILVUS, &[name, "ranges_killed_restored"]);
}

/// Whatever is inserted, deleted and replaced meanwhile: no key is in a backup twice, and none is missing that was there
/// before and was not deleted.
#[test]
fn while_others_write() {
    let (name, rows, dim) = ("ranges_written", 3_000, 1024);
    Plain::on(MILVUS, name).partition("_default", rows).dim(u32::try_from(dim).unwrap()).make();
    let br = MilvusBr::on(MILVUS);
    let (writing, until) = (br.scratch().join("writing"), br.scratch().join("until"));
    let given = json!({
        "uri": shared(MILVUS).unwrap().uri(),
        "collection": name,
        "dim": dim,
        "rows": rows,
        "writing": writing,
        "until": until,
    });
    let (ids, (smallest, largest)) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| ask::<(i64, i64)>(include_str!("../../scripts/write_meanwhile.py"), &given));
        while !writing.exists() {
            assert!(!writer.is_finished(), "nothing was written");
            std::thread::sleep(Duration::from_millis(10));
        }
        let ids: Vec<String> = (0..3).map(|_| br.create(&[name, "--chunk-size", "1MB"])).collect();
        std::fs::write(&until, "").unwrap();
        (ids, writer.join().unwrap())
    });
    let original: BTreeSet<i64> = (0..rows.cast_signed()).collect();
    for id in ids {
        let data = BackupFiles::find(&br, &id).path("data");
        let keys: Vec<i64> = ask(include_str!("../../scripts/keys.py"), &json!({ "data": data }));
        let once: BTreeSet<i64> = keys.iter().copied().collect();
        assert_eq!(once.len(), keys.len(), "a key is in {id} twice");
        assert!(once.is_superset(&original), "{:?} are missing", original.difference(&once).collect::<Vec<_>>());
        assert!(once.len() > original.len(), "nothing was written before");
        assert!(once.iter().all(|key| (smallest..=largest).contains(key)));
    }
    forget(MILVUS, &[name]);
}
