//! A collection stays the same one while it is backed up or replaced, whatever becomes of its names; otherwise nothing is
//! committed. A name that is an alias stands for its collection when it is read, and is no target to write to.

use std::time::Duration;

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{self, Plain, forget, staging},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    process::Running,
    scripts::ask,
};
use rustix::process::Signal;
use serde_json::json;

on_both_servers!(
    an_alias_that_moves_while_it_is_read,
    a_collection_created_again_while_it_is_read,
    two_that_are_renamed_while_one_is_read,
    an_alias_is_backed_up_as_its_collection,
    an_alias_is_no_target,
    a_target_that_becomes_another_collection,
    a_target_that_is_created_again,
    a_target_that_is_renamed,
    a_target_that_is_dropped
);

const END: Duration = Duration::from_secs(30);

/// Runs statements of pymilvus.
fn change(kind: ServerKind, statements: &str) {
    collections::change(&shared(kind).unwrap().uri(), statements);
}

/// Two collections with the same fields and other rows.
fn two_generations(kind: ServerKind, first: &str, second: &str) {
    for (name, seed) in [(first, 1), (second, 2)] {
        Plain::on(kind, name).partition("_default", 10_000).dim(128).seed(seed).make();
    }
}

/// Lets the command go on with what has changed while it was stopped, and expects that it refuses.
fn refused_after(running: Running, change: impl FnOnce(), texts: &[&str]) {
    running.signal(Signal::STOP);
    change();
    running.signal(Signal::CONT);
    running.finish_within(END).code(15).says(texts);
}

/// A create that has read its first page.
fn reading(br: &MilvusBr, name: &str) -> Running {
    br.start_writing(&[name, "--concurrency", "1", "--chunk-size", "1MB"])
}

/// Nothing is listed, nothing is left of what was written, and no temporary alias of these collections.
fn assert_nothing_committed(kind: ServerKind, br: &MilvusBr, collections: &[&str]) {
    assert_eq!(br.listed(), Vec::<String>::new());
    let data = milvus_backup_tests::backup_files::everything_below(&br.root());
    assert!(!data.iter().any(|file| file.contains("/data/")), "{data:?}");
    assert_no_marks(kind, collections);
}

/// Only Milvus Lite needs aliases to hold on to a collection.
fn assert_no_marks(kind: ServerKind, collections: &[&str]) {
    if kind != ServerKind::Lite322 {
        return;
    }
    let script = "
from pymilvus import MilvusClient
client = MilvusClient(given['uri'])
aliases = [alias for name in given['collections'] for alias in client.list_aliases(name)['aliases']]
print(json.dumps(aliases))
";
    let given = json!({ "uri": shared(kind).unwrap().uri(), "collections": collections });
    let aliases: Vec<String> = ask(script, &given);
    assert!(!aliases.iter().any(|alias| alias.starts_with("milvus_br_pin_")), "a temporary alias is left: {aliases:?}");
}

fn an_alias_that_moves_while_it_is_read(kind: ServerKind) {
    let (v1, v2, live) = ("same_alias_v1", "same_alias_v2", "same_alias");
    two_generations(kind, v1, v2);
    change(kind, &format!("client.create_alias('{v1}', '{live}')"));
    let br = MilvusBr::over_slow_link(kind);
    let moved = || change(kind, &format!("client.alter_alias('{v2}', '{live}')"));
    refused_after(reading(&br, live), moved, &[v1, v2, live, "moved"]);
    assert_nothing_committed(kind, &br, &[v1, v2]);
    change(kind, &format!("client.drop_alias('{live}')"));
    forget(kind, &[v1, v2]);
}

fn a_collection_created_again_while_it_is_read(kind: ServerKind) {
    let name = "same_again";
    Plain::on(kind, name).partition("_default", 10_000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    let again = || {
        forget(kind, &[name]);
        Plain::on(kind, name).partition("_default", 10_000).dim(128).seed(2).make();
    };
    refused_after(reading(&br, name), again, &[name, "another collection was created under its name"]);
    assert_nothing_committed(kind, &br, &[name]);
    forget(kind, &[name]);
}

fn two_that_are_renamed_while_one_is_read(kind: ServerKind) {
    let (live, next, old) = ("same_live", "same_next", "same_live_old");
    two_generations(kind, live, next);
    let br = MilvusBr::over_slow_link(kind);
    let renamed = || {
        change(
            kind,
            &format!("client.rename_collection('{live}', '{old}')\nclient.rename_collection('{next}', '{live}')"),
        );
    };
    refused_after(reading(&br, live), renamed, &[live, old, "renamed", "another collection now"]);
    assert_nothing_committed(kind, &br, &[live, old]);
    forget(kind, &[live, old]);
}

fn an_alias_is_backed_up_as_its_collection(kind: ServerKind) {
    let (name, alias) = ("same_real", "same_nick");
    Plain::on(kind, name).partition("_default", 30).make();
    change(kind, &format!("client.create_alias('{name}', '{alias}')"));
    let br = MilvusBr::on(kind);
    let outcome = br.run(&["create", alias, "--json"]).code(0);
    let created = outcome.says(&["`same_nick` is an alias of collection `same_real`"]).json();
    assert_eq!(created["collection_name"], name);
    assert_eq!(created["metadata"]["aliases"], json!([alias]));
    assert!(created["metadata"]["milvus_uri"].as_str().unwrap().contains("127.0.0.1"), "{created}");
    assert_eq!(br.json(&["list", name]).as_array().unwrap().len(), 1);
    assert_eq!(br.json(&["list", alias]), json!([]));
    assert_no_marks(kind, &[name]);
    change(kind, &format!("client.drop_alias('{alias}')"));
    forget(kind, &[name]);
}

fn an_alias_is_no_target(kind: ServerKind) {
    let (name, alias) = ("same_prices", "same_current");
    Plain::on(kind, name).partition("_default", 30).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    change(kind, &format!("client.create_alias('{name}', '{alias}')"));
    for options in [&[][..], &["--drop-existing"], &["--into-existing"]] {
        let restore = [&["restore", &backup, "--to", alias, "--json"][..], options].concat();
        let outcome = br.run(&restore).code(15).says(&["`same_current` is an alias of collection `same_prices`"]);
        let hint = outcome.error()["hint"].clone();
        assert!(hint.as_str().unwrap().contains("--to same_prices --drop-existing"), "{hint}");
        assert!(!outcome.stderr.contains("creating"), "something was done: {outcome:#?}");
    }
    assert_eq!(staging(kind, alias), Vec::<String>::new());
    assert_eq!(Snapshot::of(kind, name).row_count(), 30);
    // An alias of the backup that another collection has: which one is said.
    let aliased = br.create(&[name]);
    br.run(&["restore", &aliased, "--to", "same_other", "--with-aliases"])
        .code(15)
        .says(&["alias `same_current` belongs to collection `same_prices`"]);
    change(kind, &format!("client.drop_alias('{alias}')"));
    forget(kind, &[name]);
}

/// A restore with `--drop-existing` that fills its staging collection.
fn replacing(kind: ServerKind, br: &MilvusBr, backup: &str, target: &str) -> Running {
    let mut running = br.start(&["restore", backup, "--to", target, "--drop-existing"]);
    running.wait_until("the staging collection", || !staging(kind, target).is_empty());
    running
}

/// A backup of `source`, which is large enough to take a while, and a small collection that it is to replace.
fn to_replace(kind: ServerKind, source: &str, target: &str) -> (MilvusBr, String) {
    Plain::on(kind, source).partition("_default", 10_000).dim(128).make();
    Plain::on(kind, target).partition("_default", 20).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    let backup = br.create(&[source]);
    (br, backup)
}

fn a_target_that_becomes_another_collection(kind: ServerKind) {
    let (source, target, other) = ("same_fill", "same_target", "same_target_other");
    let (br, backup) = to_replace(kind, source, target);
    Plain::on(kind, other).partition("_default", 7).dim(128).make();
    let swapped = || {
        change(
            kind,
            &format!(
                "client.rename_collection('{target}', '{target}_old')\nclient.rename_collection('{other}', '{target}')"
            ),
        );
    };
    refused_after(replacing(kind, &br, &backup, target), swapped, &[target, "same_target_old", "renamed"]);
    assert_eq!(staging(kind, target), Vec::<String>::new());
    assert_eq!(Snapshot::of(kind, target).row_count(), 7);
    assert_eq!(Snapshot::of(kind, "same_target_old").row_count(), 20);
    assert_no_marks(kind, &[target, "same_target_old"]);
    forget(kind, &[source, target, "same_target_old"]);
}

fn a_target_that_is_created_again(kind: ServerKind) {
    let (source, target) = ("same_fill_again", "same_target_again");
    let (br, backup) = to_replace(kind, source, target);
    let again = || {
        forget(kind, &[target]);
        Plain::on(kind, target).partition("_default", 5).dim(128).make();
    };
    refused_after(replacing(kind, &br, &backup, target), again, &[target, "another collection was created"]);
    assert_eq!(staging(kind, target), Vec::<String>::new());
    assert_eq!(Snapshot::of(kind, target).row_count(), 5);
    forget(kind, &[source, target]);
}

fn a_target_that_is_renamed(kind: ServerKind) {
    let (source, target) = ("same_fill_moved", "same_target_moved");
    let (br, backup) = to_replace(kind, source, target);
    let renamed = || {
        change(
            kind,
            &format!(
                "client.rename_collection('{target}', '{target}_old')\nclient.create_alias('{target}_old', '{target}')"
            ),
        );
    };
    refused_after(replacing(kind, &br, &backup, target), renamed, &[target, "renamed to `same_target_moved_old`"]);
    assert_eq!(staging(kind, target), Vec::<String>::new());
    assert_eq!(Snapshot::of(kind, "same_target_moved_old").row_count(), 20);
    change(kind, &format!("client.drop_alias('{target}')"));
    forget(kind, &[source, "same_target_moved_old"]);
}

/// A name that is free again is as good as one that was to be freed.
fn a_target_that_is_dropped(kind: ServerKind) {
    let (source, target) = ("same_fill_gone", "same_target_gone");
    let (br, backup) = to_replace(kind, source, target);
    let running = replacing(kind, &br, &backup, target);
    running.signal(Signal::STOP);
    forget(kind, &[target]);
    running.signal(Signal::CONT);
    running.finish_within(END).code(0);
    assert_eq!(Snapshot::of(kind, target).row_count(), 10_000);
    forget(kind, &[source, target]);
}
