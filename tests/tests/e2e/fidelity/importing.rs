//! Milvus' own bulk import takes the data files as they are, and what it makes of them are the rows that were there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use milvus::proto::common::ImportState;
use milvus::proto::milvus as pb;
use milvus_backup_testkit::columns::{Cell, Profile, Table, table};
use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{backup_files::BackupFiles, milvus_br::MilvusBr};
use proptest::test_runner::TestRunner;

use super::collection::{Attributes, attributes, index_and_load, look, make, make_empty};
use super::raw::Raw;
use super::survival::config;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/importing.txt");

/// Milvus Lite has no bulk import.
const KIND: ServerKind = ServerKind::Milvus235;

/// How long an import may take to be queryable. The server says "completed" some time before it is.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn milvus_2_3_5_imports_the_data_files() {
    let raw = Raw::connect(&shared(KIND).unwrap().uri());
    let case = (table(Profile::of(KIND)), attributes(KIND));
    let outcome = TestRunner::new(config(SEEDS)).run(&case, |(table, attributes)| {
        is_imported(&raw, &finite(table), &attributes);
        Ok(())
    });
    outcome.unwrap();
}

/// The table with zeros in place of NaN and infinities: Milvus inserts them, but imports none
/// ("value 'NaN' is not a number or infinity").
fn finite(mut table: Table) -> Table {
    table.columns.iter_mut().flat_map(|column| &mut column.cells).flatten().for_each(make_finite);
    table
}

fn make_finite(cell: &mut Cell) {
    match cell {
        Cell::Float(bits) if !f32::from_bits(*bits).is_finite() => *bits = 0,
        Cell::Double(bits) if !f64::from_bits(*bits).is_finite() => *bits = 0,
        Cell::List(cells) => cells.iter_mut().for_each(make_finite),
        _ => {}
    }
}

fn is_imported(raw: &Raw, table: &Table, attributes: &Attributes) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let original = format!("importing_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let imported = format!("{original}_imported");
    for collection in [&original, &imported] {
        raw.drop_collection(collection);
    }
    make(raw, KIND, &original, table, attributes);
    let before = look(raw, &original, table);

    let command = MilvusBr::on(KIND);
    let backup = command.create(&[&original]);
    make_empty(raw, &imported, table, attributes);
    import_files(raw, &command, &backup, &imported);
    index_and_load(raw, KIND, &imported, table, attributes);

    let started = Instant::now();
    let mut after = look(raw, &imported, table);
    while before.partitions != after.partitions && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(500));
        after = look(raw, &imported, table);
    }
    assert_eq!(before.partitions, after.partitions);
    for collection in [&original, &imported] {
        raw.drop_collection(collection);
    }
}

fn import_files(raw: &Raw, command: &MilvusBr, backup: &str, collection: &str) {
    let files = BackupFiles::find(command, backup);
    let manifest = files.json("manifest.json");
    let schema = files.json("schema.json");
    let spread = schema["schema"]["fields"].as_array().unwrap().iter().any(|field| field["is_partition_key"] == true);
    for partition in manifest["partitions"].as_array().unwrap() {
        for chunk in partition["chunks"].as_array().unwrap().iter().filter(|chunk| chunk["row_count"] != 0) {
            let name = partition["name"].as_str().unwrap();
            let answer = raw.import(pb::ImportRequest {
                collection_name: collection.to_owned(),
                partition_name: if spread { String::new() } else { name.to_owned() },
                files: vec![files.path(chunk["path"].as_str().unwrap()).to_str().unwrap().to_owned()],
                ..Default::default()
            });
            answer.tasks.into_iter().for_each(|task| wait(raw, task));
        }
    }
}

fn wait(raw: &Raw, task: i64) {
    let started = Instant::now();
    loop {
        let answer = raw.get_import_state(pb::GetImportStateRequest { task });
        match answer.state() {
            ImportState::ImportCompleted => return,
            ImportState::ImportFailed | ImportState::ImportFailedAndCleaned => panic!("{:?}", answer.infos),
            state => assert!(started.elapsed() < PATIENCE, "{state:?} {:?}", answer.infos),
        }
        sleep(Duration::from_millis(200));
    }
}
