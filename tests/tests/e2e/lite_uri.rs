//! A path ending in `.db` as address: a Milvus Lite of our own for the length of one command, and no longer.

use std::{fs, path::Path};

use milvus_backup_testkit::{Lite, LiteVersion, python::Environment};
use milvus_backup_tests::{collections::Plain, comparison::Snapshot, milvus_br::MilvusBr, outcome::Outcome};

/// The command with the program that serves databases where the testkit installed it.
fn with_milvus_lite(br: MilvusBr) -> MilvusBr {
    let program = Environment::lite_322().install().unwrap().bin("milvus-lite");
    br.with_env("MILVUS_BR_MILVUS_LITE", program.to_str().unwrap())
}

/// The same on the database at `path`, which `MILVUS_URI` names.
fn on_database(path: &Path) -> MilvusBr {
    with_milvus_lite(MilvusBr::new(path.to_str().unwrap()))
}

#[test]
fn from_one_database_into_another() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("from.db"), directory.path().join("to.db"));
    let before = {
        let server = Lite::start_on(LiteVersion::V3_2_2, &from).unwrap();
        Plain::at(&server.uri(), "films").partition("_default", 300).partition("p1", 100).make();
        Snapshot::at(&server.uri(), "", "films")
    };
    let br = with_milvus_lite(MilvusBr::offline());
    let backup = br.create(&["films", "--uri", from.to_str().unwrap()]);
    assert_no_server(&from);

    // A database that does not exist yet is made.
    let restore = |more: &[&str]| -> Outcome {
        let arguments = ["restore", &backup, "--to", "films_copy", "--json", "--uri", to.to_str().unwrap()];
        let outcome = br.run(&[&arguments[..], more].concat());
        assert_no_server(&to);
        outcome
    };
    restore(&[]).code(0);
    restore(&[]).code(15).error();
    let server = Lite::start_on(LiteVersion::V3_2_2, &to).unwrap();
    before.assert_same(&Snapshot::at(&server.uri(), "", "films_copy"));
}

/// What Milvus Lite is started with must not be the address of the command: the Python in it reads `MILVUS_URI`, too.
#[test]
fn named_by_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    let br = on_database(&path);
    br.run(&["create", "films", "--json"]).code(10).error();
    assert_no_server(&path);
}

#[test]
fn what_cannot_be_served() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    let br = on_database(&path).with_env("MILVUS_BR_MILVUS_LITE", "/no/such/program");
    br.run(&["create", "films", "--json"]).code(14).says(&["pip install milvus-lite"]).error();
    let nowhere = directory.path().join("no_directory").join("some.db");
    let br = on_database(&nowhere);
    br.run(&["create", "films", "--json"]).code(2).says(&["no_directory"]).error();
    // What Milvus Lite 2.x leaves is one file.
    fs::write(&path, b"SQLite format 3\0").unwrap();
    on_database(&path).run(&["create", "films", "--json"]).code(14).says(&["2.x"]).error();
    assert_no_server(&path);
}

/// Listing needs no Milvus, and so starts none.
#[test]
fn nothing_is_started_for_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    on_database(&path).run(&["list"]).code(0);
    assert!(!path.exists());
}

/// No process has the database on its command line.
fn assert_no_server(database: &Path) {
    let database = database.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        Some((id, String::from_utf8_lossy(&line).replace('\0', " ")))
    });
    let serving: Vec<(u32, String)> = processes.filter(|(_, line)| line.contains(database)).collect();
    assert!(serving.is_empty(), "still running: {serving:?}");
}
