//! A create that is stopped leaves no backup, and no files where it had the time to remove them.

use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{backup_files::everything_below, collections::Plain, milvus_br::MilvusBr, process::Running};
use rustix::process::Signal;

on_both_servers!(killed, asked_to_stop, out_of_time);

const END: Duration = Duration::from_secs(10);

/// A collection that takes a while to back up, made once, and the command with the options that make it take longer.
fn slow(kind: ServerKind) -> (MilvusBr, [&'static str; 8]) {
    static MADE: Mutex<BTreeSet<ServerKind>> = Mutex::new(BTreeSet::new());
    let name = "stop_slow";
    let mut made = MADE.lock().unwrap();
    if made.insert(kind) {
        Plain::on(kind, name).partition("_default", 20_000).partition("p1", 10_000).dim(128).make();
    }
    drop(made);
    let create = ["create", name, "--compression", "gzip", "--level", "9", "--concurrency", "1"];
    (MilvusBr::on(kind), create)
}

fn start(br: &MilvusBr, create: &[&str], more: &[&str]) -> Running {
    br.start(&[create, more].concat())
}

/// Runs until the first data file is being written.
fn start_writing(br: &MilvusBr, create: &[&str], more: &[&str]) -> Running {
    let mut running = start(br, create, more);
    let root = br.root();
    running.wait_until("the first data file", || everything_below(&root).iter().any(|file| file.contains("/data/")));
    running
}

fn killed(kind: ServerKind) {
    let (br, create) = slow(kind);
    let started = Instant::now();
    start(&br, &create, &[]).finish_within(Duration::from_mins(2)).code(0);
    let mut whole = started.elapsed();
    let first = br.listed();
    assert_eq!(first.len(), 1);

    let mut killed = 0;
    for percent in [5, 20, 40, 60, 80, 90, 97] {
        let running = start(&br, &create, &["--no-verify"]);
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
    assert!(files.iter().any(|file| !file.contains(&first[0])), "none of the killed runs had written anything");

    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    let whole = br.listed();
    let others = everything_below(&br.root()).into_iter().filter(|file| whole.iter().all(|id| !file.contains(id)));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new(), "files are left");
    let next = br.create(&create[1..2]);
    assert_eq!(br.listed()[0], next);
    br.run(&["verify", &next]).code(0);
}

fn asked_to_stop(kind: ServerKind) {
    let (br, create) = slow(kind);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for options in [&["--json"][..], &[]] {
            let running = start_writing(&br, &create, options);
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
    let (br, create) = slow(kind);
    let outcome = start(&br, &create, &["--timeout", "1s", "--json"]).finish_within(END).code(18);
    let error = outcome.error();
    assert_eq!(error["kind"], "deadline_exceeded");
    assert!(error["hint"].as_str().unwrap().contains("--timeout"), "{error}");
    assert_eq!(everything_below(&br.root()), Vec::<String>::new(), "files are left");
}
