//! Each random schema comes back from a backup as it was.

use std::sync::atomic::{AtomicUsize, Ordering};

use milvus_backup_testkit::columns::{Profile, Table, table};
use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::milvus_br::MilvusBr;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

use super::collection::{self, Attributes, attributes};
use super::raw::Raw;

const DEFAULT_SCHEMAS: u32 = 3;

/// The file with the seeds of failures on a server: another one makes other tables of them.
fn seeds(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Milvus235 => concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/milvus-2.3.5.txt"),
        ServerKind::Lite322 => concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/lite-3.2.2.txt"),
        ServerKind::Lite251 => concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/lite-2.5.1.txt"),
    }
}

fn schemas() -> u32 {
    std::env::var("MILVUS_BR_TEST_SCHEMAS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_SCHEMAS)
}

pub(super) fn config(seeds: &'static str) -> ProptestConfig {
    ProptestConfig {
        cases: schemas(),
        max_shrink_iters: 40,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        ..ProptestConfig::default()
    }
}

fn every_schema_survives(kind: ServerKind) {
    let raw = Raw::connect(&shared(kind).unwrap().uri());
    let case = (table(Profile::of(kind)), attributes(kind));
    let outcome = TestRunner::new(config(seeds(kind))).run(&case, |(table, attributes)| {
        survives(kind, &raw, &table, &attributes);
        Ok(())
    });
    outcome.unwrap();
}

pub(super) fn survives(kind: ServerKind, raw: &Raw, table: &Table, attributes: &Attributes) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let original = format!("fidelity_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let restored = format!("{original}_restored");
    for collection in [&original, &restored] {
        raw.drop_collection(collection);
    }
    collection::make(raw, kind, &original, table, attributes);
    let before = collection::look(raw, &original, table);

    let command = MilvusBr::on(kind);
    let backup = command.create(&[&original]);
    command.restore(&backup, &restored, &["--load"]);

    let after = collection::look(raw, &restored, table);
    assert_eq!(before.definition, after.definition);
    assert_eq!(before.indexes, after.indexes);
    assert_eq!(before.partitions, after.partitions);
    for collection in [&original, &restored] {
        raw.drop_collection(collection);
    }
}

#[test]
fn on_milvus_2_3_5() {
    every_schema_survives(ServerKind::Milvus235);
}

#[test]
fn on_milvus_lite_3_2_2() {
    every_schema_survives(ServerKind::Lite322);
}

#[test]
fn on_milvus_lite_2_5_1() {
    every_schema_survives(ServerKind::Lite251);
}
