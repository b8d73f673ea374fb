//! The number of requests that a backup of a small collection takes, which some stores charge for.

use milvus_backup_testkit::{SeenRequest, StoreKind};

use super::bench::Bench;

in_each_store!(of_a_small_backup);

/// The most requests that a backup of one partition takes with its verification, without the names of other backups.
const MOST: usize = 25;

/// The requests that the first backup of a root takes besides: the probe of the store, and `repository.json`.
const OF_THE_FIRST: usize = 8;

fn of_a_small_backup(kind: StoreKind) {
    let [first, second] = counted(kind, "store_requests");
    // Google's service has no request that deletes several objects: the journal is two.
    let single_deletes = usize::from(kind == StoreKind::Gcs);
    let most = MOST + single_deletes;
    // The second one reads the name of the first one.
    assert!(first <= most + OF_THE_FIRST && second <= most + 1, "{first} {second}");
}

fn counted(kind: StoreKind, name: &str) -> [usize; 2] {
    let bench = Bench::new(kind, name);
    let create = [&bench.create()[..], &["--partition", "p1"]].concat();
    ["first", "second"].map(|run| {
        bench.proxy.take_requests();
        bench.br.run(&create).code(0);
        let requests = bench.proxy.take_requests();
        eprintln!("{kind:?}: {} requests of the {run} backup:\n{}", requests.len(), shown(&requests));
        requests.len()
    })
}

fn shown(requests: &[SeenRequest]) -> String {
    let lines =
        requests.iter().map(|request| format!("{} {} ({} bytes)", request.method, request.target, request.size));
    lines.collect::<Vec<_>>().join("\n")
}
