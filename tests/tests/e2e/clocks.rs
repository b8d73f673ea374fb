//! The clock of the machine is wrong, and is set anew while the command runs. On Milvus Lite 3.2.2, with libfaketime.

use std::{fs, path::PathBuf, time::Duration};

use milvus_backup_testkit::{ServerKind, wrong_clock};
use milvus_backup_tests::{
    backup_files::everything_below,
    collections::{Plain, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};

const LITE: ServerKind = ServerKind::Lite322;

/// The command on the repository of `br`, over a slow link, with a clock that is off by what the file says.
fn with_clock(br: &MilvusBr, offset: &str) -> (MilvusBr, PathBuf) {
    let file = br.scratch().join("clock");
    fs::write(&file, offset).unwrap();
    let mut wrong = MilvusBr::over_slow_link(LITE).with_root(&br.root());
    for (name, value) in wrong_clock::variables(file.to_str().unwrap()).unwrap() {
        wrong = wrong.with_env(name, value);
    }
    (wrong, file)
}

fn day(br: &MilvusBr, backup: &str) -> String {
    br.json(&["show", backup])["created_at"].as_str().unwrap()[..10].to_owned()
}

/// Days pass, and go back, while a create and a restore run: no deadline passes, and nothing is taken for old or dead.
#[test]
fn jumping() {
    let (name, target) = ("clock_jumps", "clock_jumps_back");
    Plain::on(LITE, name).partition("_default", 6000).dim(128).make();
    let before = Snapshot::of(LITE, name);
    let br = MilvusBr::on(LITE);
    let (wrong, clock) = with_clock(&br, "+0");
    let create = wrong.start_writing(&[name, "--json"]);
    fs::write(&clock, "+3d").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    br.run(&["create", name, "--json"]).code(11);
    fs::write(&clock, "-400d").unwrap();
    br.run(&["create", name, "--json"]).code(11);
    let created = create.finish_within(Duration::from_mins(2)).code(0).json();
    let backup = created["backup_id"].as_str().unwrap();
    br.run(&["verify", backup]).code(0);

    let mut restore = wrong.start(&["restore", backup, "--to", target, "--json"]);
    restore.wait_until("the staging collection", || {
        everything_below(&br.root()).iter().any(|file| file.contains("/restores/"))
    });
    fs::write(&clock, "+3d").unwrap();
    let pruned = br.json(&["prune", "--incomplete", "--yes"]);
    assert_eq!(pruned["leftovers"][0]["removed"], false, "{pruned}");
    restore.finish_within(Duration::from_mins(2)).code(0);
    before.assert_same(&Snapshot::of(LITE, target));
    forget(LITE, &[name, target]);
}

/// A backup that is dated ahead is not the newest one that retention keeps, and what a process of that time left is removed
/// because the process is dead, not because it looks old.
#[test]
fn ahead() {
    let name = "clock_ahead";
    Plain::on(LITE, name).partition("_default", 6000).dim(128).make();
    let br = MilvusBr::on(LITE);
    let (wrong, clock) = with_clock(&br, "+90d");
    let of_the_future = wrong.create(&[name]);
    let now = br.create(&[name]);
    assert!(day(&br, &of_the_future) > day(&br, &now), "the clock was not wrong");
    assert_eq!(br.listed(), [of_the_future.clone(), now.clone()]);
    br.run(&["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"]).code(0);
    assert!(br.listed().contains(&now), "what is dated ahead took its place");

    fs::write(&clock, "-90d").unwrap();
    let create = wrong.start_writing(&[name]);
    let running = br.json(&["prune", "--incomplete", "--yes"]);
    assert_eq!(running["leftovers"][0]["removed"], false, "it looks 90 days old, and runs: {running}");
    create.kill();
    let dead = br.json(&["prune", "--incomplete", "--yes"]);
    assert_eq!(dead["leftovers"][0]["removed"], true, "{dead}");
    br.create(&[name]);
    forget(LITE, &[name]);
}
