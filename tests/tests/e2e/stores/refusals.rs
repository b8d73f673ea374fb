//! Stores that refuse: a clear error with the exit code of storage, nothing committed, and nothing left.

use std::fs;

use milvus_backup_testkit::{
    Credentials, Disturbance, ObjectStoreServer, StoreKind, StoreRoot, shared_store, wrong_clock,
};
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
    outcome::Outcome,
};
use serde_json::json;

use super::bench::{Bench, IMPATIENT, LITE, require_nothing_left};

/// Runs every command that needs no backup on a root that refuses everything.
fn require_refused(collection: &str, root: StoreRoot, texts: &[&str]) {
    let br = MilvusBr::on(LITE).rooted(root).configured(IMPATIENT);
    for command in [&["create", collection, "--json"][..], &["list", "--json"], &["prune", "--incomplete", "--json"]] {
        let outcome = br.run(command).code(17);
        let error = outcome.error().to_string();
        assert!(texts.iter().any(|text| error.contains(text)), "none of {texts:?} in {error}");
    }
}

#[test]
fn wrong_secrets() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Azurite] {
        let bench = Bench::new(kind, "store_secret");
        let server = shared_store(kind).unwrap();
        let root = server.root_with(bench.br.files().store(), Credentials::Wrong).unwrap();
        require_refused(&bench.collection, root, &["SignatureDoesNotMatch", "AuthorizationFailure", "permission"]);
        bench.require_nothing_left("after wrong credentials");
    }
}

#[test]
fn missing_buckets() {
    for kind in StoreKind::ALL {
        let bench = Bench::new(kind, "store_nowhere");
        let root = bench.br.files().store().in_missing_bucket();
        require_refused(&bench.collection, root, &["does not exist"]);
    }
}

#[test]
fn read_only_credentials() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Azurite, StoreKind::Gcs] {
        let bench = Bench::new(kind, "store_reader");
        let backup = bench.br.create(&[&bench.collection]);
        let server = shared_store(kind).unwrap();
        let root = server.root_with(bench.br.files().store(), Credentials::ReadOnly).unwrap();
        let reader = MilvusBr::on(LITE).rooted(root).configured(IMPATIENT);
        let before = bench.br.everything();

        assert_eq!(reader.listed(), [&*backup], "{kind:?}");
        reader.run(&["show", &backup]).code(0);
        let refused = |outcome: Outcome| {
            let outcome = outcome.code(17);
            let error = outcome.error();
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
        };
        refused(reader.run(&bench.create()));
        refused(reader.run(&["delete", &backup, "--yes", "--json"]));
        assert_eq!(bench.br.everything(), before, "{kind:?}");
        bench.br.run(&["verify", &backup]).code(0);
        bench.br.run(&["delete", &backup, "--yes"]).code(0);
        bench.require_nothing_left("after a reader wrote");
    }
}

/// An archive that may only be read can be restored from.
#[test]
fn a_reader_restores_and_verifies() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Azurite, StoreKind::Gcs] {
        let bench = Bench::new(kind, "store_archive");
        let backup = bench.br.create(&[&bench.collection]);
        let server = shared_store(kind).unwrap();
        let root = server.root_with(bench.br.files().store(), Credentials::ReadOnly).unwrap();
        let reader = MilvusBr::on(LITE).rooted(root).configured(IMPATIENT);
        let target = format!("{}_copy", bench.collection);
        reader.run(&["verify", &backup]).code(0);
        reader.restore(&backup, &target, &[]);
        forget(LITE, &[&target]);
    }
}

#[test]
fn a_full_store() {
    let server = ObjectStoreServer::with_room_for(1).unwrap();
    let name = "store_full";
    Plain::on(LITE, name).partition("_default", 3_000).dim(128).make();
    let br = MilvusBr::on(LITE).rooted(server.root().unwrap()).configured(IMPATIENT);
    let create = ["create", name, "--compression", "none", "--chunk-size", "512KB", "--json"];
    let outcome = br.run(&create).code(17);
    assert_eq!(outcome.error()["kind"], "storage", "{outcome:#?}");
    require_nothing_left(&br, "after a store was full");
    forget(LITE, &[name]);
}

#[test]
fn an_expired_token() {
    let bench = Bench::impatient(StoreKind::SeaweedFs, "store_expired");
    bench.proxy.disturb(|_, _| Some(Disturbance::Reject { status: 400, code: "ExpiredToken" }));
    let outcome = bench.br.run(&bench.create()).code(17);
    assert!(outcome.error().to_string().contains("xpired"), "{outcome:#?}");
    // Before it has started, and in the middle.
    bench.proxy.disturb(|_, before| (before > 8).then_some(Disturbance::Reject { status: 400, code: "ExpiredToken" }));
    bench.br.run(&bench.create()).code(17).error();
    bench.require_nothing_left("after a token expired");
}

/// The examination of a store is interrupted. What it wrote belongs to no backup, and is removed when no examination can
/// be using it any more: ten minutes later.
#[test]
fn an_interrupted_examination_leaves_nothing() {
    let bench = Bench::impatient(StoreKind::SeaweedFs, "store_examined");
    bench.proxy.disturb(|_, before| (before >= 3).then_some(Disturbance::UNAVAILABLE));
    bench.br.run(&bench.create()).code(17);
    bench.proxy.calm();
    let prune = ["prune", "--incomplete", "--yes"];
    assert_eq!(bench.br.json(&prune)["leftovers"], json!([]));
    let clock = bench.br.scratch().join("clock");
    fs::write(&clock, "+11m").unwrap();
    let mut command = bench.br.command(&prune);
    command.envs(wrong_clock::variables(clock.to_str().unwrap()).unwrap());
    assert!(command.output().unwrap().status.success());
    bench.require_nothing_left("after an examination");
}
