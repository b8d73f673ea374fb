//! A create that is stopped leaves no backup, and no files where it had the time to remove them.

use std::{collections::BTreeSet, sync::Mutex, time::Duration};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::everything_below,
    collections::{Plain, release},
    milvus_br::MilvusBr,
};
use rustix::process::Signal;

on_both_servers!(killed, asked_to_stop, out_of_time, released);

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
    let mut whole = br.run(&["create", name, "--no-verify"]).code(0).elapsed;
    // What a kill leaves depends on the command; a server that answers one call at a time only makes each one slower.
    let moments: &[u32] = if kind == ServerKind::Lite322 { &[20, 60, 97] } else { &[5, 20, 40, 60, 80, 90, 97] };
    for &percent in moments {
        loop {
            let running = br.start(&["create", name, "--no-verify"]);
            std::thread::sleep(whole * percent / 100);
            if running.kill() {
                break;
            }
            // The machine was busier when the time was taken.
            whole = whole * 4 / 5;
        }
    }
    for id in br.listed() {
        br.run(&["verify", &id]).code(0);
    }
    let files = everything_below(&br.root());
    assert_eq!(files.iter().filter(|file| file.ends_with("/metadata.json")).count(), br.listed().len());
    let listed = br.listed();
    let unfinished = |file: &String| file.contains("/data/") && listed.iter().all(|id| !file.contains(id));
    assert!(files.iter().any(unfinished), "none of the killed runs had written anything");

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

/// Milvus Lite forgets by itself that a collection is loaded, so that there it is loaded again.
fn released(kind: ServerKind) {
    let name = "stop_released";
    Plain::on(kind, name).partition("_default", 10_000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    let running = br.start_writing(&[name, "--json", "--concurrency", "1"]);
    release(kind, name);
    let outcome = running.finish_within(Duration::from_mins(1));
    if kind == ServerKind::Lite322 {
        let created = outcome.code(0).json();
        assert_eq!(created["metadata"]["row_count"], 10_000);
    } else {
        let error = outcome.code(15).error();
        assert!(error["causes"][0].as_str().unwrap().contains("was released while it was needed"), "{error}");
        assert_eq!(everything_below(&br.root()), Vec::<String>::new(), "files are left");
    }
}
