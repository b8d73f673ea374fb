//! SIGKILL at random moments of create, restore, delete and prune, a hundred times and more: what is listed stays whole,
//! no collection is half restored, and in the end nothing is left.
//!
//! On Milvus Lite 3.2.2, fewer times with a root in an object store. `MILVUS_BR_TEST_KILLS` gives another number, and `MILVUS_BR_TEST_SEED` the seed that is printed.

use std::{env, thread};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::is_of_a_torn_write,
    collections::{Plain, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    root::Place,
};
use serde_json::Value;

in_a_directory_and_a_store!(at_random_moments);

const LITE: ServerKind = ServerKind::Lite322;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Moments, in thousandths of the time that a command takes: also a little after its end.
fn moments(mut seed: u64) -> impl Iterator<Item = u32> {
    std::iter::repeat_with(move || {
        // splitmix64
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((mixed ^ (mixed >> 31)) % 1050).unwrap()
    })
}

/// Runs a command to its end, and then kills it so many times at moments of that time. `after` looks at each outcome, and
/// makes the state that the next run needs.
fn kill_each(
    br: &MilvusBr,
    arguments: &[&str],
    moments: impl Iterator<Item = u32>,
    after: impl Fn(),
) -> (usize, usize) {
    let whole = br.run(arguments).code(0).elapsed;
    after();
    let (mut runs, mut killed) = (0, 0);
    for moment in moments {
        let running = br.start(arguments);
        thread::sleep(whole * moment / 1000);
        killed += usize::from(running.kill());
        runs += 1;
        after();
    }
    (runs, killed)
}

fn require_whole(br: &MilvusBr) -> Vec<String> {
    let listed = br.listed();
    for id in &listed {
        br.run(&["verify", id]).code(0);
    }
    listed
}

/// The names of what a prune keeps. There is one reason that a kill can give it: a create that died before it noted who it
/// is, and may run, for all that is known, until its files are 24 hours old.
fn kept(pruned: &Value) -> Vec<String> {
    let leftovers = pruned["leftovers"].as_array().unwrap().iter().filter(|leftover| leftover["removed"] == false);
    let name = |leftover: &Value| {
        assert!(leftover["reason"].as_str().unwrap().contains("its owner is unknown"), "{pruned}");
        leftover["name"].as_str().unwrap().to_owned()
    };
    leftovers.map(name).collect()
}

fn at_random_moments(place: Place) {
    let (name, target) = (&*place.named("kill_source"), &*place.named("kill_target"));
    Plain::on(LITE, name).partition("_default", 400).partition("p1", 300).dim(32).make();
    let before = Snapshot::of(LITE, name);
    let br = MilvusBr::on(LITE).placed(place);
    let kills = if place == Place::Directory { 100 } else { 32 };
    let kills = usize::try_from(number("MILVUS_BR_TEST_KILLS", kills)).unwrap();
    let seed = number("MILVUS_BR_TEST_SEED", u64::from(std::process::id()));
    eprintln!("MILVUS_BR_TEST_SEED={seed}");
    let mut moments = moments(seed);
    let backup = br.create(&[name]);
    let mut sums = (0, 0);
    let mut count = |(runs, killed): (usize, usize)| sums = (sums.0 + runs, sums.1 + killed);

    let create = ["create", name, "--chunk-size", "64KB", "--compression", "none"];
    count(kill_each(&br, &create, moments.by_ref().take(kills / 2), || {
        assert!(br.listed().contains(&backup));
        for id in require_whole(&br).into_iter().filter(|id| *id != backup) {
            br.run(&["delete", &id, "--yes"]).code(0);
        }
    }));

    let restore = ["restore", &backup, "--to", target, "--drop-existing", "--yes"];
    count(kill_each(&br, &restore, moments.by_ref().take(kills / 4), || {
        if names(LITE, "").contains(&target.to_owned()) {
            before.assert_same(&Snapshot::of(LITE, target));
        }
    }));

    let prune = ["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"];
    let delete = ["delete", "kill_deleted", "--yes"];
    for (command, options) in
        [(&delete[..], &["--no-verify", "--name", "kill_deleted"][..]), (&prune, &["--no-verify"])]
    {
        let more = || {
            if br.listed().len() < 2 {
                br.create(&[&[name], options].concat());
            }
        };
        more();
        count(kill_each(&br, command, moments.by_ref().take(kills / 8), || {
            assert!(!require_whole(&br).is_empty());
            more();
        }));
    }

    let (runs, killed) = sums;
    assert!(runs + 10 >= kills && killed * 2 >= runs, "{killed} of {runs} runs were killed");
    eprintln!("{killed} of {runs} runs were killed before their end");
    let pruned = br.json(&["prune", "--incomplete", "--yes"]);
    let kept = kept(&pruned);
    let listed = require_whole(&br);
    let left: Vec<String> = br
        .everything()
        .into_iter()
        .filter(|file| kept.iter().all(|name| !file.contains(name)))
        .filter(|file| !is_of_a_torn_write(file) && listed.iter().all(|id| !file.contains(id)))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "files are left after {pruned}");
    let uploads: Vec<String> =
        br.files().uploads().into_iter().filter(|file| kept.iter().all(|name| !file.contains(name))).collect();
    assert_eq!(uploads, Vec::<String>::new(), "uploads are left after {pruned}");
    let ours = |name: &String| name.contains("milvus_br") && name.contains(target);
    let left: Vec<String> = names(LITE, "").into_iter().filter(ours).collect();
    assert_eq!(left, Vec::<String>::new(), "collections are left after {pruned}");
    let last = br.create(&[name]);
    br.restore(&last, target, &["--drop-existing", "--yes"]);
    before.assert_same(&Snapshot::of(LITE, target));
    // A lock of a process that is dead is taken over, and not left.
    let files = br.everything();
    let locks: Vec<_> =
        files.iter().filter(|file| file.contains("/locks/") && file.rsplit('.').next() == Some("json")).collect();
    assert_eq!(locks, Vec::<&String>::new(), "locks are left");
    forget(LITE, &[name, target]);
}
