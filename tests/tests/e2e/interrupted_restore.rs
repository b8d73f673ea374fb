//! A restore that is stopped: its target does not exist, or is complete; and the next restore succeeds.

use std::time::{Duration, Instant};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, forget, names, staging},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use rustix::process::Signal;

on_both_servers!(killed, asked_to_stop);

fn backed_up(kind: ServerKind, name: &str) -> (MilvusBr, String) {
    Plain::on(kind, name).partition("_default", 4000).partition("p1", 2000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    let backup = br.create(&[name]);
    (br, backup)
}

fn killed(kind: ServerKind) {
    let (source, target) = ("back_killed", "back_killed_copy");
    let (br, backup) = backed_up(kind, source);
    let started = Instant::now();
    br.restore(&backup, "back_measured", &[]);
    let whole = started.elapsed();
    for percent in [10, 30, 50, 70, 85] {
        let running = br.start(&["restore", &backup, "--to", target]);
        std::thread::sleep(whole * percent / 100);
        let killed = running.kill();
        if names(kind, "").contains(&target.to_owned()) {
            // It was done before the signal came, or just in the middle of saying so.
            assert_eq!(Snapshot::of(kind, target).row_count(), 6000, "an incomplete target (killed: {killed})");
            forget(kind, &[target]);
        } else {
            assert!(killed, "it ended without its target");
        }
    }
    br.restore(&backup, target, &[]);
    Snapshot::of(kind, source).assert_same(&Snapshot::of(kind, target));
    let left = staging(kind, target);
    assert!(!left.is_empty(), "no run was killed while it filled its staging collection");
    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    assert_eq!(staging(kind, target), Vec::<String>::new(), "staging collections are left");
    forget(kind, &[source, target, "back_measured"]);
}

fn asked_to_stop(kind: ServerKind) {
    let (source, target) = ("back_asked", "back_asked_copy");
    let (br, backup) = backed_up(kind, source);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut running = br.start(&["restore", &backup, "--to", target, "--json"]);
        running.wait_until("the staging collection", || !staging(kind, target).is_empty());
        running.signal(signal);
        let outcome = running.finish_within(Duration::from_secs(20)).code(code);
        assert_eq!(outcome.error()["kind"], "interrupted");
        assert!(!names(kind, "").contains(&target.to_owned()));
        assert_eq!(staging(kind, target), Vec::<String>::new(), "the staging collection is left");
    }
    forget(kind, &[source]);
}
