//! The number of requests that a backup of a small collection takes, which some stores charge for.

use milvus_backup_testkit::{SeenRequest, StoreKind};

use super::bench::Bench;

in_each_store!(of_a_small_backup);

/// The most requests that a backup of one partition may take, with its verification.
const PROMISED: usize = 25;

fn of_a_small_backup(kind: StoreKind) {
    let bench = Bench::new(kind, "store_requests");
    let create = [&bench.create()[..], &["--partition", "p1"]].concat();
    // The first one examines the store and makes the repository.
    let counts = ["first", "second"].map(|run| {
        bench.proxy.take_requests();
        bench.br.run(&create).code(0);
        let requests = bench.proxy.take_requests();
        eprintln!("{kind:?}: {} requests of the {run} backup:\n{}", requests.len(), shown(&requests));
        requests.len()
    });
    assert!(counts[1] <= PROMISED, "{counts:?} requests are more than promised");
}

fn shown(requests: &[SeenRequest]) -> String {
    let lines =
        requests.iter().map(|request| format!("{} {} ({} bytes)", request.method, request.target, request.size));
    lines.collect::<Vec<_>>().join("\n")
}
