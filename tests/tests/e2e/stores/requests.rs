//! The number of requests that a backup of a small collection takes, which some stores charge for.

use milvus_backup_testkit::{SeenRequest, StoreKind};

use super::bench::Bench;

in_each_store!(of_a_small_backup);

/// The requests of a backup of one partition with its verification: of the first one in a repository, which examines the
/// store and makes the repository, and of those after it. They may only become fewer.
const AT_PRESENT: [usize; 2] = [50, 42];

/// The most requests that it should take.
const AIM: usize = 25;

fn of_a_small_backup(kind: StoreKind) {
    let counts = counted(kind, "store_requests");
    assert!(counts[0] <= AT_PRESENT[0] && counts[1] <= AT_PRESENT[1], "{counts:?}");
}

#[test]
#[should_panic(expected = "more than should be needed")]
fn are_as_few_as_they_should_be() {
    let counts = counted(StoreKind::SeaweedFs, "store_few_requests");
    assert!(counts[1] <= AIM, "{counts:?} requests are more than should be needed");
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
