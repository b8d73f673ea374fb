//! What happens between the command and the store: storms, throttling, slow and cut connections, bodies that are truncated.

use std::time::Duration;

use milvus_backup_testkit::{Disturbance, StoreKind};
use milvus_backup_tests::collections::forget;
use milvus_backup_tests::comparison::Snapshot;

use super::bench::{Bench, LITE};

const REJECTIONS: [Disturbance; 4] =
    [Disturbance::UNAVAILABLE, Disturbance::INTERNAL, Disturbance::SLOW_DOWN, Disturbance::TOO_MANY];

// The client of moto is that of SeaweedFS.
in_stores!(seaweedfs SeaweedFs, azurite Azurite, gcs Gcs: [
    a_storm_that_ends_costs_time_only,
    a_storm_that_does_not_end,
    cut_connections
]);

fn a_storm_that_ends_costs_time_only(kind: StoreKind) {
    let bench = Bench::new(kind, "store_storm");
    // Six in a row at the start, and then every fourth request.
    bench.proxy.disturb(|_, before| (before < 6 || before % 4 == 0).then(|| REJECTIONS[before / 4 % REJECTIONS.len()]));
    bench.br.run(&bench.create()).code(0);
    let backup = bench.br.listed().remove(0);
    bench.br.run(&["verify", &backup]).code(0);
    let target = format!("{}_copy", bench.collection);
    bench.br.restore(&backup, &target, &[]);
    bench.br.run(&["delete", &backup, "--yes"]).code(0);
    Snapshot::of(LITE, &bench.collection).assert_same(&Snapshot::of(LITE, &target));
    forget(LITE, &[&target]);
    bench.require_nothing_left("after a storm");
}

fn a_storm_that_does_not_end(kind: StoreKind) {
    let bench = Bench::impatient(kind, "store_outage");
    // From the first request on, and in the middle of the upload.
    for calm in [0, 15] {
        bench.proxy.disturb(move |_, before| (before >= calm).then_some(Disturbance::UNAVAILABLE));
        let outcome = bench.br.run(&bench.create()).code(17);
        assert!(outcome.elapsed < Duration::from_mins(1), "{outcome:#?}");
        assert_eq!(outcome.error()["kind"], "storage");
        bench.require_nothing_left(&format!("after an outage from request {calm} on"));
    }
}

fn cut_connections(kind: StoreKind) {
    let bench = Bench::new(kind, "store_cut");
    let cuts = [Disturbance::CutRequest, Disturbance::LoseResponse, Disturbance::CutResponse];
    bench.proxy.disturb(move |_, before| (before % 5 == 4).then(|| cuts[before / 5 % cuts.len()]));
    bench.br.run(&bench.create()).code(0);
    let backup = bench.br.listed().remove(0);
    bench.br.run(&["verify", &backup]).code(0);
    bench.proxy.calm();
    bench.br.run(&["verify", &backup]).code(0);
    bench.br.run(&["delete", &backup, "--yes"]).code(0);
    bench.require_nothing_left("after connections were cut");
}

/// The response to each write is lost in turn, among them that of the lease and that of the commit.
#[test]
fn each_write_whose_response_is_lost() {
    let bench = Bench::new(StoreKind::SeaweedFs, "store_lost");
    bench.br.run(&bench.create()).code(0);
    let mut lost = 0;
    loop {
        let before = bench.br.listed();
        bench.proxy.disturb({
            let mut writes = 0;
            move |request, _| {
                writes += usize::from(!request.reads());
                (!request.reads() && writes == lost + 1).then_some(Disturbance::LoseResponse)
            }
        });
        bench.proxy.take_requests();
        bench.br.run(&bench.create()).code(0);
        let writes = bench.proxy.take_requests().iter().filter(|request| !request.reads()).count();
        bench.proxy.calm();
        let after = bench.br.listed();
        assert_eq!(after.len(), before.len() + 1, "write {lost}");
        bench.br.run(&["verify", &after[0]]).code(0);
        bench.br.run(&["delete", &after[0], "--yes"]).code(0);
        lost += 1;
        if lost >= writes {
            break;
        }
    }
    assert!(lost >= 6, "only {lost} writes");
}

#[test]
fn connections_that_are_always_cut() {
    let bench = Bench::impatient(StoreKind::SeaweedFs, "store_severed");
    for cut in [Disturbance::CutRequest, Disturbance::LoseResponse, Disturbance::CutResponse] {
        // The store has been examined by then.
        bench.proxy.disturb(move |request, before| (before > 10 && request.size > 0).then_some(cut));
        let outcome = bench.br.run(&bench.create());
        // Cut responses of writes are empty, so that nothing is cut.
        let expected = if cut == Disturbance::CutResponse { outcome.exit_code } else { Some(17) };
        assert_eq!(outcome.exit_code, expected, "{cut:?}: {outcome:#?}");
        if outcome.exit_code == Some(17) {
            bench.require_nothing_left(&format!("{cut:?}"));
        }
    }
}

#[test]
fn a_slow_connection() {
    let bench = Bench::new(StoreKind::SeaweedFs, "store_slow");
    bench.proxy.delay(Duration::from_millis(40));
    bench.proxy.limit(200_000);
    let outcome = bench.br.run(&bench.create()).code(0);
    assert!(outcome.elapsed > Duration::from_secs(2), "it was not slow: {outcome:#?}");
    bench.br.run(&["verify", &bench.br.listed()[0]]).code(0);
}

#[test]
fn a_connection_without_a_response_ends_by_the_deadline() {
    let bench = Bench::new(StoreKind::SeaweedFs, "store_silent");
    bench.proxy.delay(Duration::from_mins(10));
    for command in [&bench.create()[..], &["list", "--json"]] {
        let outcome = bench.br.run(&[command, &["--timeout", "2s"]].concat()).code(18);
        assert_eq!(outcome.error()["kind"], "deadline_exceeded");
        assert!(outcome.elapsed < Duration::from_secs(20), "{outcome:#?}");
    }
    bench.proxy.delay(Duration::ZERO);
    bench.require_nothing_left("after a deadline");
}

/// Neither of these stores checks the digest of what it is sent, so that a truncated body is stored. The sizes are compared
/// before the commit.
#[test]
fn truncated_uploads() {
    for kind in [StoreKind::SeaweedFs, StoreKind::Moto] {
        let bench = Bench::impatient(kind, "store_short");
        bench.proxy.disturb(|request, _| (request.size > 100_000).then_some(Disturbance::TruncateRequest));
        bench.br.run(&bench.create()).code(17);
        bench.proxy.calm();
        assert_eq!(bench.br.listed(), Vec::<String>::new(), "{kind:?}");
        bench.require_nothing_left(&format!("{kind:?}"));
    }
}

/// Truncated on the way back, what lies in the store is not said to be whole; and without the proxy it is.
#[test]
fn truncated_downloads() {
    let bench = Bench::impatient(StoreKind::SeaweedFs, "store_partial");
    bench.br.run(&bench.create()).code(0);
    let backup = bench.br.listed().remove(0);
    bench.proxy.disturb(|request, _| {
        (request.method == "GET" && request.target.contains("/data/")).then_some(Disturbance::TruncateResponse)
    });
    let target = format!("{}_copy", bench.collection);
    for command in [vec!["verify", &backup], vec!["restore", &backup, "--to", &target]] {
        let outcome = bench.br.run(&command);
        assert!(matches!(outcome.exit_code, Some(13 | 17)), "{outcome:#?}");
    }
    bench.proxy.calm();
    bench.br.run(&["verify", &backup]).code(0);
}
