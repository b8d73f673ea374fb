//! A path ending in `.db` as address: a Milvus Lite of our own for the length of one command, and no longer.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

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
    fs::create_dir(&path).unwrap();
    let br = on_database(&path);
    br.run(&["create", "films", "--json"]).code(10).says(&["films"]).error();
    assert_no_server(&path);
}

#[test]
fn what_cannot_be_served() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    fs::create_dir(&path).unwrap();
    let br = on_database(&path).with_env("MILVUS_BR_MILVUS_LITE", "/no/such/program");
    br.run(&["create", "films", "--json"]).code(14).says(&["pip install milvus-lite"]).error();
    // What Milvus Lite 2.x leaves is one file.
    fs::remove_dir(&path).unwrap();
    fs::write(&path, b"SQLite format 3\0").unwrap();
    on_database(&path).run(&["create", "films", "--json"]).code(14).says(&["2.x"]).error();
    assert_no_server(&path);
}

/// A mistyped path creates nothing, except where a database is to be created.
#[test]
fn only_a_restore_creates_a_database() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("typo.db");
    let br = on_database(&path);
    let error = br.run(&["create", "films", "--json"]).code(10).says(&["no such database", "typo.db"]).error();
    assert!(!error["hint"].as_str().unwrap().contains("check that Milvus is running"), "{error}");
    assert!(!path.exists());

    let from = directory.path().join("from.db");
    {
        let server = Lite::start_on(LiteVersion::V3_2_2, &from).unwrap();
        Plain::at(&server.uri(), "films").partition("_default", 10).make();
    }
    let backup = br.create(&["films", "--uri", from.to_str().unwrap()]);
    let nowhere = directory.path().join("no_directory").join("some.db");
    let restore = |to: &Path, more: &[&str]| {
        br.run(&[&["restore", &backup, "--json", "--uri", to.to_str().unwrap()], more].concat())
    };
    restore(&nowhere, &[]).code(2).says(&["no_directory"]).error();
    // What is loaded ends with the server, which ends with the command.
    let result = restore(&path, &["--load"]).code(0).says(&["no longer loaded"]).json();
    let limitations = result["limitations"].to_string();
    assert!(limitations.contains("no longer loaded"), "{limitations}");
}

/// The application that uses the database must be closed.
#[test]
fn a_database_that_is_open_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("open.db");
    let server = Lite::start_on(LiteVersion::V3_2_2, &path).unwrap();
    Plain::at(&server.uri(), "films").partition("_default", 10).make();
    let br = on_database(&path);
    let outcome = br.run(&["create", "films", "--json"]).code(11);
    let error = outcome.says(&["another process has this database open", "open.db"]).error();
    assert!(error["hint"].as_str().unwrap().contains("close the application"), "{error}");
    drop(server);
    br.create(&["films"]);
}

/// The last words of a server that ends early are in the message, however much it printed.
#[test]
fn a_server_that_ends_early_is_quoted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    fs::create_dir(&path).unwrap();
    let program = directory.path().join("milvus-lite");
    fs::write(&program, "#!/bin/sh\nyes trouble | head -n 100000 >&2\necho 'the disk is on fire' >&2\nexit 3\n")
        .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let br = on_database(&path).with_env("MILVUS_BR_MILVUS_LITE", program.to_str().unwrap());
    let outcome = br.run(&["create", "films", "--json"]).code(14).says(&["the disk is on fire", "exit status: 3"]);
    assert!(!outcome.stderr.contains("check that Milvus is running"), "{outcome:#?}");
    outcome.error();
}

/// The start of the server is part of what the deadline bounds.
#[test]
fn a_server_that_never_starts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("some.db");
    fs::create_dir(&path).unwrap();
    let program = directory.path().join("milvus-lite");
    fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let br = on_database(&path).with_env("MILVUS_BR_MILVUS_LITE", program.to_str().unwrap());
    let outcome = br.run(&["create", "films", "--timeout", "1s", "--json"]).code(18);
    assert!(outcome.elapsed < Duration::from_secs(3), "took {:?}", outcome.elapsed);
    outcome.error();
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
