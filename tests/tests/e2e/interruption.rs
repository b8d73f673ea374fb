//! A create that is stopped leaves no backup, and no files where it had the time to remove them.

use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{backup_files::everything_below, collections::Plain, milvus_br::MilvusBr};
use rustix::process::Signal;

on_both_servers!(killed, asked_to_stop, out_of_time);

const END: Duration = Duration::from_secs(10);

/// A collection that takes a while to back up, made once, and its name.
fn slow(kind: ServerKind) -> (MilvusBr, &'static str) {
    static MADE: Mutex<BTreeSet<ServerKind>> = Mutex::new(BTreeSet::new());
    let name = "stop_slow";
    let mut made = MADE.lock().unwrap();
    if made.insert(kind) {
        Plain::on(kind, name).partition("_default", 7000).partition("p1", 3000).dim(128).make();
    }
    drop(made);
    (MilvusBr::over_slow_link(kind), name)
}

fn killed(kind: ServerKind) {
    let (br, name) = slow(kind);
    let started = Instant::now();
    let first = br.create(&[name]);
    let mut whole = started.elapsed();

    let mut killed = 0;
    for percent in [5, 20, 40, 60, 80, 90, 97] {
        let running = br.start(&["create", name, "--no-verify"]);
        std::thread::sleep(whole * percent / 100);
        if running.kill() {
            killed += 1;
        } else {
            // The machine was busier when the time was taken.
            whole = whole * 2 / 3;
        }
        for id in br.listed() {
            br.run(&["verify", &id]).code(0);
        }
    }
    assert!(killed >= 3, "only {killed} runs were killed before their end");
    let files = everything_below(&br.root());
    assert_eq!(files.iter().filter(|file| file.ends_with("/metadata.json")).count(), br.listed().len());
    assert!(files.iter().any(|file| !file.contains(&first)), "none of the killed runs had written anything");

    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    let whole = br.listed();
    let others = everything_below(&br.root()).into_iter().filter(|file| whole.iter().all(|id| !file.contains(id)));
    // A lock whose write was cut off is of the last minute, and could still be being written.
    let others = others.filter(|file| !file.contains(".json#"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new(), "files are left");
    let next = br.create(&[name]);
    assert_eq!(br.listed()[0], next);
    br.run(&["verify", &next]).code(0);
}

fn asked_to_stop(kind: ServerKind) {
    let (br, name) = slow(kind);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for options in [&["--json"][..], &[]] {
            let running = br.start_writing(&[&[name], options].concat());
            running.signal(signal);
            let outcome = running.finish_within(END).code(code);
            if options.is_empty() {
                assert!(outcome.stderr.contains("interrupted"), "{outcome:#?}");
            } else {
                assert_eq!(outcome.error()["kind"], "interrupted");
            }
            assert_eq!(everything_below(&br.root()), Vec::<String>::new(), "files are left");
        }
    }
}

fn out_of_time(kind: ServerKind) {
    let (br, name) = slow(kind);
    let outcome = br.start(&["create", name, "--timeout", "1s", "--json"]).finish_within(END).code(18);
    let error = outcome.error();
    assert_eq!(error["kind"], "deadline_exceeded");
    assert!(error["hint"].as_str().unwrap().contains("--timeout"), "{error}");
    assert_eq!(everything_below(&br.root()), Vec::<String>::new(), "files are left");
}
