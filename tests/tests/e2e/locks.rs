//! Operations on the backups of one collection keep out of each other's way, and what dead ones left is removed.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, forget, names},
    milvus_br::MilvusBr,
    root::Place,
};
use rustix::process::Signal;
use serde_json::{Value, json};

on_both_servers_and_a_store!(
    one_create_at_a_time,
    a_paused_create_that_lost_its_lock,
    leftovers_of_a_create,
    leftovers_in_milvus
);

/// A backup of this takes a while.
fn slow(kind: ServerKind, place: Place, name: &str) -> MilvusBr {
    Plain::on(kind, name).partition("_default", 8000).dim(128).make();
    MilvusBr::over_slow_link(kind).placed(place)
}

fn leftovers(br: &MilvusBr, options: &[&str]) -> Vec<Value> {
    let document = br.json(&[&["prune", "--incomplete"][..], options].concat());
    document["leftovers"].as_array().unwrap().clone()
}

fn one_create_at_a_time(kind: ServerKind, place: Place) {
    let name = &*place.named("lock_busy");
    let br = slow(kind, place, name);
    let first = br.create(&[name]);
    let running = br.start_writing(&[name, "--json"]);
    running.signal(Signal::STOP);
    let stopped = Instant::now();
    for arguments in [&["create", name, "--json"][..], &["delete", &first, "--yes", "--json"]] {
        let error = br.run(arguments).code(11).error();
        assert_eq!(error["kind"], "in_progress");
        assert!(error["message"].as_str().unwrap().contains("create of process"), "{error}");
    }
    // Readers need no lock, and what is being written is not left over.
    br.run(&["verify", &first]).code(0);
    let found = leftovers(&br, &["--yes"]);
    assert_eq!((found.len(), &found[0]["removed"]), (1, &json!(false)), "{found:?}");
    let stopped = u64::try_from(stopped.elapsed().as_millis()).unwrap();
    running.signal(Signal::CONT);
    let created = running.finish_within(Duration::from_mins(1)).code(0).json();
    assert!(
        created["execution_time_ms"].as_u64().unwrap() >= stopped,
        "the time in which rows are read counts: {created}"
    );
    assert_eq!(br.listed().len(), 2);
    assert_eq!(leftovers(&br, &["--yes"]), Vec::<Value>::new());
    assert!(br.everything().iter().all(|file| !file.contains("/locks/")), "the lock is released");
    forget(kind, &[name]);
}

/// Its lock is taken away while it is stopped, as an operation on another machine would do that takes it for dead.
fn a_paused_create_that_lost_its_lock(kind: ServerKind, place: Place) {
    let name = &*place.named("lock_paused");
    let br = slow(kind, place, name);
    let paused = br.start_writing(&[name, "--json"]);
    paused.signal(Signal::STOP);
    for lock in br.everything().iter().filter(|file| file.contains("/locks/")) {
        br.files().remove(lock);
    }
    let other = br.create(&[name]);
    paused.signal(Signal::CONT);
    let error = paused.finish_within(Duration::from_mins(1)).code(11).error();
    assert!(error["causes"].to_string().contains("considered this lock stale"), "{error}");
    assert_eq!(br.listed(), [other.as_str()]);
    let others = br.everything().into_iter().filter(|file| !file.contains(&other));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
    br.run(&["verify", &other]).code(0);
    forget(kind, &[name]);
}

fn leftovers_of_a_create(kind: ServerKind, place: Place) {
    let name = &*place.named("lock_killed");
    let br = slow(kind, place, name);
    br.start_writing(&[name, "--json"]).kill();
    let left = br.everything();
    assert!(left.iter().any(|file| file.contains("/locks/")) && left.iter().any(|file| file.contains("/data/")));
    assert_eq!(br.listed(), Vec::<String>::new());
    br.run(&["prune", "--incomplete"]).code(15);
    // The request that was in flight at the kill is carried out by now.
    let left = br.everything();
    let found = leftovers(&br, &["--dry-run"]);
    assert_eq!(
        (found.len(), &found[0]["kind"], &found[0]["removed"]),
        (1, &json!("backup"), &json!(true)),
        "{found:?}"
    );
    assert_eq!(br.everything(), left, "a dry run removes nothing");
    // Of another machine, it could still be being written.
    let owner = left.iter().find(|file| file.ends_with("/unfinished.json")).unwrap();
    let own = br.files().read(owner);
    let mut other: Value = serde_json::from_slice(&own).unwrap();
    other["process"]["machine"] = json!("another");
    br.files().write(owner, other.to_string().as_bytes());
    assert_eq!(leftovers(&br, &["--yes"])[0]["removed"], false);
    br.files().write(owner, &own);

    assert_eq!(leftovers(&br, &["--yes"])[0]["removed"], true);
    assert_eq!((br.files().names(), br.files().uploads()), (Vec::new(), Vec::new()));
    if place == Place::Directory {
        assert_eq!(fs::read_dir(br.root()).unwrap().count(), 0, "no directory is left");
    }
    br.create(&[name]);
    forget(kind, &[name]);
}

fn leftovers_in_milvus(kind: ServerKind, place: Place) {
    let (name, target) = (&*place.named("lock_source"), &*place.named("lock_target"));
    let br = slow(kind, place, name);
    let backup = br.create(&[name]);
    let ours = |text: &str| names(kind, "").into_iter().filter(|name| name.contains(text)).collect::<Vec<_>>();
    let notes = || br.everything().iter().filter(|file| file.contains("/restores/")).count();
    let mut running = br.start(&["restore", &backup, "--to", target]);
    running.wait_until("the staging collection", || !ours(target).is_empty());
    assert_eq!(leftovers(&br, &["--yes"])[0]["reason"], "in progress");
    assert!(running.kill(), "it ended before it was killed");
    assert_eq!((ours(target).len(), notes()), (1, 1));

    // A note that names a collection of the user drops nothing.
    let note = br.everything().into_iter().find(|file| file.contains("/restores/")).unwrap();
    let forged = format!("{name}/restores/{name}.json");
    let mut document: Value = serde_json::from_slice(&br.files().read(&note)).unwrap();
    document["collection"]["name"] = json!(name);
    br.files().write(&forged, document.to_string().as_bytes());
    let found = leftovers(&br, &["--yes"]);
    assert_eq!(found.iter().filter(|leftover| leftover["removed"] == true).count(), 1, "{found:?}");
    assert!(ours(target).is_empty() && !ours(name).is_empty());
    br.files().remove(&forged);

    assert_eq!((notes(), leftovers(&br, &["--yes"])), (0, Vec::new()));
    br.restore(&backup, target, &[]);
    assert_eq!(notes(), 0);
    forget(kind, &[name, target]);
}

/// Readers take no lock: a backup may go while it is read. That is an error or comes too late, and leaves nothing.
#[test]
fn a_backup_deleted_while_it_is_verified() {
    let name = "lock_deleted";
    Plain::on(ServerKind::Lite322, name).partition("_default", 5000).dim(128).make();
    let br = MilvusBr::on(ServerKind::Lite322);
    for pause in (0..6).map(|step| Duration::from_millis(step * 12)) {
        let id = br.create(&[name, "--chunk-size", "1MB", "--compression", "none", "--no-verify"]);
        let verify = br.start(&["verify", &id, "--mode", "quick", "--sample", "100", "--json"]);
        thread::sleep(pause);
        verify.signal(Signal::STOP);
        br.run(&["delete", &id, "--yes"]).code(0);
        verify.signal(Signal::CONT);
        let outcome = verify.finish_within(Duration::from_mins(1));
        assert!(matches!(outcome.exit_code, Some(0 | 10 | 13 | 17)), "{outcome:#?}");
        assert_eq!(br.everything(), Vec::<String>::new(), "after {pause:?}: {outcome:#?}");
    }
    forget(ServerKind::Lite322, &[name]);
}
