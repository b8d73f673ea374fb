//! Creates of one collection at once, from as many machines: one of them may.

use std::time::Duration;

use milvus_backup_testkit::{FaultProxy, StoreKind, shared_store};
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
    root::Place,
};

use super::bench::{Bench, LITE};

in_each_store!(of_eight_creates_one_wins);

fn of_eight_creates_one_wins(kind: StoreKind) {
    let name = &*Place::Store(kind).named("store_race");
    Plain::on(LITE, name).partition("_default", 200).make();
    let root = shared_store(kind).unwrap().root().unwrap();
    let proxy = FaultProxy::before(root.endpoint());
    let br = MilvusBr::on(LITE).rooted(root.through(&proxy.uri()));
    // Another backup makes the repository: that is a race of its own, which all of them may win.
    let first = br.create(&[name]);
    // The one that wins has many requests to make, and so is not done when the last one starts.
    proxy.delay(Duration::from_millis(400));
    let running: Vec<_> = (0..8).map(|_| br.start(&["create", name, "--json"])).collect();
    let outcomes = running.into_iter().map(|running| running.finish_within(Duration::from_mins(2)));
    let codes: Vec<_> = outcomes.map(|outcome| outcome.exit_code).collect();
    proxy.delay(Duration::ZERO);
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Some(11)).count(), 7, "{codes:?}");
    let listed = br.listed();
    assert_eq!((listed.len(), &listed[1]), (2, &first));
    br.run(&["verify", &listed[0]]).code(0);
    let others = br.everything().into_iter().filter(|file| listed.iter().all(|id| !file.contains(id)));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new(), "the others leave nothing");
    forget(LITE, &[name]);
}

/// Four commands meet at a root where there is no repository yet.
#[test]
fn the_repository_is_made_once() {
    let kind = StoreKind::SeaweedFs;
    let names: Vec<String> = (0..4).map(|number| format!("store_first_{number}")).collect();
    for name in &names {
        Plain::on(LITE, name).partition("_default", 20).make();
    }
    let br = MilvusBr::on(LITE).placed(Place::Store(kind));
    let running: Vec<_> = names.iter().map(|name| br.start(&["create", name, "--json"])).collect();
    for running in running {
        running.finish_within(Duration::from_mins(1)).code(0);
    }
    assert_eq!(br.listed().len(), 4);
    for id in br.listed() {
        br.run(&["verify", &id]).code(0);
    }
    forget(LITE, &names.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Without conditions two writers could both believe that they are the only one.
#[test]
fn a_store_that_ignores_conditions_is_refused() {
    let bench = Bench::new(StoreKind::Moto, "store_lying");
    bench.proxy.ignore_conditions();
    let outcome = bench.br.run(&bench.create());
    let error = outcome.error();
    assert_eq!(outcome.exit_code, Some(15), "{outcome:#?}");
    assert!(error.to_string().contains("--allow-unsafe-storage"), "{error}");
    assert_eq!(bench.br.listed(), Vec::<String>::new());
    assert_eq!(bench.br.everything(), Vec::<String>::new(), "nothing is written");
    let allowed = bench.br.run(&[&bench.create()[..], &["--allow-unsafe-storage"]].concat()).code(0);
    assert!(allowed.stderr.contains("condition"), "what is not promised is said: {allowed:#?}");
    bench.br.run(&["verify", &bench.br.listed()[0]]).code(0);
}

/// A proxy in between that only passes on changes nothing.
#[test]
fn a_store_with_conditions_is_accepted_through_a_proxy() {
    let root = shared_store(StoreKind::Moto).unwrap().root().unwrap();
    let proxy = FaultProxy::before(root.endpoint());
    let name = "store_honest";
    Plain::on(LITE, name).partition("_default", 20).make();
    let br = MilvusBr::on(LITE).rooted(root.through(&proxy.uri()));
    br.create(&[name]);
    forget(LITE, &[name]);
}
