//! Failures: the exit code, the names and hints a person needs, the JSON document, and nothing touched.

use std::{net::TcpListener, time::Duration};

use milvus_backup_testkit::{Server, ServerKind, Standalone, StandaloneOptions};
use milvus_backup_tests::{
    backup_files::everything_below,
    collections::{Plain, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::json;

on_both_servers!(unknown_names, unacceptable_names, existing_target, names_of_backups, deleting_unasked);

fn unknown_names(kind: ServerKind) {
    Plain::on(kind, "err_known").partition("_default", 10).partition("p1", 5).make();
    let br = MilvusBr::on(kind);

    let outcome = br.run(&["create", "err_unknown", "--json"]).code(10).says(&["err_unknown", "err_known"]);
    let error = outcome.error();
    assert!(error["available_collections"].as_array().unwrap().contains(&json!("err_known")), "{error}");

    let outcome =
        br.run(&["create", "err_known", "--partition", "p9", "--json"]).code(10).says(&["p9", "_default, p1"]);
    assert_eq!(outcome.error()["available_partitions"], json!(["_default", "p1"]));
    assert_eq!(everything_below(&br.root()), Vec::<String>::new());

    let backup = br.create(&["err_known"]);
    let restore = ["restore", &backup, "--to", "err_never", "--partition", "p9", "--json"];
    br.run(&restore).code(10).says(&["p9", "_default, p1"]).error();
    assert!(!names(kind, "").contains(&"err_never".to_owned()));
    assert_eq!(br.json(&["list", "err_unknown"]), json!([]));
    for command in ["show", "verify", "restore", "delete"] {
        let outcome = br.run(&[command, "no_such_backup", "--yes", "--json"]).code(10);
        assert!(outcome.says(&["no_such_backup"]).error()["hint"].as_str().unwrap().contains("list"));
    }
    assert_eq!(br.listed(), [backup]);
}

/// A name that no collection on the server can have is an error of usage, and nothing is written.
fn unacceptable_names(kind: ServerKind) {
    Plain::on(kind, "err_plain").partition("_default", 10).make();
    let br = MilvusBr::on(kind);
    let unacceptable: &[&str] =
        if kind == ServerKind::Milvus235 { &["words@x", "1a", "é", "../x"] } else { &["a/b", "../x"] };
    for name in unacceptable {
        let outcome = br.run(&["create", name, "--json"]).code(2).says(&[name, "a name that this server accepts"]);
        assert_eq!(outcome.error()["kind"], "invalid_parameter");
    }
    assert_eq!(everything_below(&br.root()), Vec::<String>::new());
    if kind == ServerKind::Milvus235 {
        br.run(&["create", "shop.docs"]).code(2).says(&["select that database with --db shop"]);
    }
    let backup = br.create(&["err_plain"]);
    for target in ["a/b", "words@x"] {
        br.run(&["restore", &backup, "--to", target, "--json"]).code(2).says(&[target]).error();
    }
    let database = ["restore", &backup, "--db", "a/b", "--create-database", "--json"];
    br.run(&database).code(2).says(&["`database` is `a/b`"]).error();
}

fn existing_target(kind: ServerKind) {
    Plain::on(kind, "err_source").partition("_default", 40).partition("p1", 20).make();
    Plain::on(kind, "err_target").partition("_default", 30).seed(2).make();
    let (source, target) = (Snapshot::of(kind, "err_source"), Snapshot::of(kind, "err_target"));
    let br = MilvusBr::on(kind);
    let backup = br.create(&["err_source"]);

    for arguments in [vec!["--to", "err_target"], vec![]] {
        let all: Vec<&str> = ["restore", &backup, "--json"].into_iter().chain(arguments).collect();
        let error = br.run(&all).code(15).error();
        assert!(error["hint"].as_str().unwrap().contains("--drop-existing"), "{error}");
    }
    target.assert_same(&Snapshot::of(kind, "err_target"));
    source.assert_same(&Snapshot::of(kind, "err_source"));

    br.restore(&backup, "err_target", &["--drop-existing"]);
    source.assert_same(&Snapshot::of(kind, "err_target"));
    let left: Vec<String> = names(kind, "").into_iter().filter(|name| name.contains("_err_target")).collect();
    assert_eq!(left, Vec::<String>::new(), "collections of the restore itself are left");
}

fn names_of_backups(kind: ServerKind) {
    Plain::on(kind, "err_names").partition("_default", 10).make();
    let br = MilvusBr::on(kind);
    let first = br.create(&["err_names", "--name", "nightly"]);
    let error = br.run(&["create", "err_names", "--name", "nightly", "--json"]).code(15).says(&["nightly", &first]);
    assert!(error.error()["hint"].as_str().unwrap().contains("--name"));
    let second = br.create(&["err_names"]);

    for command in ["show", "verify", "restore", "delete"] {
        let outcome = br.run(&[command, &first[..4], "--yes", "--json"]).code(2).says(&[&first, &second]);
        let mut candidates: Vec<String> = serde_json::from_value(outcome.error()["candidates"].clone()).unwrap();
        candidates.sort();
        let mut both = [first.clone(), second.clone()];
        both.sort();
        assert_eq!(candidates, both);
    }
    assert_eq!(br.listed().len(), 2);
}

fn deleting_unasked(kind: ServerKind) {
    Plain::on(kind, "err_delete").partition("_default", 10).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&["err_delete"]);
    let before = everything_below(&br.root());

    let error = br.run(&["delete", &backup, "--json"]).code(15).error();
    assert!(error["hint"].as_str().unwrap().contains("--yes"), "{error}");
    br.run(&["delete", &backup, "no_such_backup", "--yes", "--json"]).code(10).error();
    assert_eq!(everything_below(&br.root()), before);

    assert_eq!(br.json(&["delete", &backup, "--yes"]), json!({ "deleted_backup_ids": [backup] }));
    assert_eq!(everything_below(&br.root()), Vec::<String>::new());
}

#[test]
fn milvus_that_is_down() {
    let br = MilvusBr::offline();
    let outcome = br.run(&["create", "anything", "--json"]).code(14);
    assert!(outcome.elapsed < Duration::from_secs(10), "took {:?}", outcome.elapsed);
    assert!(outcome.error()["hint"].as_str().unwrap().contains("--uri"));
    assert_eq!(everything_below(&br.root()), Vec::<String>::new());
}

/// Something takes connections and never says a word, as a hung server does: the deadline holds for that, too.
#[test]
fn milvus_that_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let br = MilvusBr::new(format!("http://{}", silent.local_addr().unwrap()));
    let outcome = br.run(&["create", "anything", "--timeout", "1s", "--json"]).code(18);
    assert!(outcome.elapsed < Duration::from_secs(3), "took {:?}", outcome.elapsed);
    assert!(outcome.error()["message"].as_str().unwrap().contains("1 second"));
}

#[test]
fn bad_values() {
    let br = MilvusBr::offline();
    for arguments in [
        &["create", "a", "--level", "0"][..],
        &["create", "a", "--level", "10"],
        &["create", "a", "--chunk-size", "0"],
        &["create", "a", "--chunk-size", "12parsecs"],
        &["create", "a", "--checksum", "crc32"],
        &["create", "a", "--compression", "lzma"],
        &["create", "a", "--concurrency", "0"],
        &["create", "a", "--timeout", "0s"],
        &["create", "a", "--name", ""],
        &["create", "a", "--partition", ""],
        &["create", ""],
        &["create"],
        &["verify", "20261122T073015Z-4f9c2a7e", "--mode", "quick", "--sample", "0"],
        &["verify", "20261122T073015Z-4f9c2a7e", "--mode", "quick", "--sample", "101"],
        &["verify", "20261122T073015Z-4f9c2a7e", "--sample", "NaN"],
        &["restore", "20261122T073015Z-4f9c2a7e", "--to", ""],
        &["restore", "20261122T073015Z-4f9c2a7e", "--auto-id", "guess"],
        &["prune", "--keep-count", "-1"],
        &["no-such-command"],
    ] {
        let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let error = br.run(&with_json).code(2).error();
        assert_eq!(error["kind"], "invalid_parameter", "{arguments:?}: {error}");
        let outcome = br.run(arguments).code(2);
        assert!(outcome.stdout.is_empty() && outcome.stderr.starts_with("error: "), "{outcome:#?}");
    }
}

#[test]
fn credentials() {
    let server = Server::Standalone(Box::new(Standalone::start(StandaloneOptions::new().authorization()).unwrap()));
    let br = MilvusBr::new(server.uri());
    let (right, wrong) = (br.scratch().join("right.token"), br.scratch().join("wrong.token"));
    std::fs::write(&right, "root:Milvus\n").unwrap();
    std::fs::write(&wrong, "root:wrong\n").unwrap();
    let create = |token: &str| br.run(&["create", "nothing_here", "--json", "--token-file", token]);

    for outcome in [create(wrong.to_str().unwrap()), br.run(&["create", "nothing_here", "--json"])] {
        let outcome = outcome.code(12);
        assert!(!format!("{outcome:?}").contains("root:wrong"), "a secret in the output: {outcome:#?}");
        assert!(outcome.error()["hint"].as_str().unwrap().contains("--token-file"));
    }
    // The right one gets as far as to say that there is no such collection.
    create(right.to_str().unwrap()).code(10).error();
    let by_environment = MilvusBr::new(server.uri()).with_env("MILVUS_TOKEN", "root:Milvus");
    by_environment.run(&["create", "nothing_here", "--json"]).code(10).error();
    create("/no/such/file").code(2).says(&["/no/such/file"]).error();
}
