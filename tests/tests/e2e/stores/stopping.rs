//! A create into each store that is stopped, by a signal or by SIGKILL.

use std::time::Duration;

use milvus_backup_testkit::StoreKind;
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
    root::Place,
};
use rustix::process::Signal;

use super::bench::{LITE, require_nothing_left};

in_stores!(seaweedfs SeaweedFs, azurite Azurite, gcs Gcs: [asked_to_stop_and_killed]);

fn asked_to_stop_and_killed(kind: StoreKind) {
    let name = &*Place::Store(kind).named("store_stopped");
    Plain::on(LITE, name).partition("_default", 6_000).dim(128).make();
    let br = MilvusBr::over_slow_link(LITE).placed(Place::Store(kind));
    let create = [name, "--chunk-size", "1MB", "--concurrency", "1", "--compression", "none", "--json"];

    let running = br.start_completing(&create, 1);
    running.signal(Signal::INT);
    let outcome = running.finish_within(Duration::from_secs(10)).code(130);
    assert_eq!(outcome.error()["kind"], "interrupted");
    assert_eq!(br.everything(), Vec::<String>::new(), "files are left");
    if kind != StoreKind::Azurite {
        assert_eq!(br.files().uploads(), Vec::<String>::new(), "uploads are left");
    }

    assert!(br.start_completing(&create, 2).kill());
    assert!(br.everything().iter().any(|file| file.contains("/data/")));
    require_nothing_left(&br, "after SIGKILL");
    forget(LITE, &[name]);
}
