//! The process is killed at each single side effect of each command, on the object store and on Milvus, and each of them
//! fails: afterwards there is the old state or the new one, what is listed is whole, and nothing is left for good.
//!
//! A side effect fails in one of three ways here, in turn; all three at each call are tried in the engine's own tests.
//!
//! On Milvus Lite 3.2.2. Store and server are the real ones with faults around them, see `milvus_backup_tests::faults`.
//! Where the root is in an object store, it happens at its own side effects only: those of Milvus are the same as with a
//! directory.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use milvus_backup_testkit::{ServerKind, StoreKind};
use milvus_backup_tests::{
    backup_files::{everything_below, is_of_a_torn_write},
    collections::{Plain, forget, names, release},
    comparison::Snapshot,
    faults::VARIABLE,
    milvus_br::MilvusBr,
    outcome::Outcome,
    root::Place,
    scripts::ask,
};
use serde_json::json;

in_a_directory_and_a_store!(
    at_each_side_effect_of_a_create,
    at_each_side_effect_of_a_delete,
    at_each_side_effect_of_a_restore,
    at_random,
);

const LITE: ServerKind = ServerKind::Lite322;

/// The side effects of an object store.
const OF_THE_STORE: [&str; 7] = ["put", "begin", "part", "complete", "abort", "delete", "copy"];

/// The command with faults, and without.
struct Bench {
    br: MilvusBr,
    place: Place,
}

/// What became of one command with one fault.
struct Step<'a> {
    /// The fault, for people.
    what: String,
    how: &'a str,
    /// Whether it was Milvus, which is not tried again here, and not the store.
    on_milvus: bool,
    outcome: Outcome,
}

/// The ways to fail that take turns.
const FAILURES: [&str; 3] = ["down", "error", "lost"];

impl Bench {
    fn new() -> Self {
        Self::placed(Place::Directory)
    }

    fn placed(place: Place) -> Self {
        let br = MilvusBr::on(LITE).placed(place).with_program(env!("CARGO_BIN_EXE_milvus-br-faulty"));
        let config = br.scratch().join("retries.toml");
        fs::write(&config, "retry_delay_seconds = 0\nmax_retries = 4\n").unwrap();
        Self { br: br.with_env("MILVUS_BR_CONFIG", config.to_str().unwrap()), place }
    }

    fn faulty(&self, faults: &str, arguments: &[&str]) -> Outcome {
        let started = Instant::now();
        let output = self.br.command(arguments).env(VARIABLE, faults).stdin(Stdio::null()).output().unwrap();
        Outcome::new(arguments, output, started.elapsed())
    }

    /// The side effects of a command, by name.
    fn effects(&self, arguments: &[&str]) -> Vec<String> {
        let trace = self.br.scratch().join("trace");
        self.faulty(&format!("trace={}", trace.display()), arguments).code(0);
        fs::read_to_string(trace).unwrap().lines().map(str::to_owned).collect()
    }

    /// Kills a command at every side effect, among which are the expected ones, and lets that fail. `command` makes the
    /// state that it needs, `check` looks at what there is then and removes it, also after the run without faults, for
    /// which there is no step.
    fn at_each_effect(&self, command: impl Fn() -> Vec<String>, expected: &[&str], check: impl Fn(Option<&Step<'_>>)) {
        let in_a_store = self.place != Place::Directory;
        self.at_effects(command, expected, |effect| !in_a_store || of_the_store(effect), check);
    }

    /// What happens at a side effect. Writes of whole objects to a store fail in `stores/network.rs`, and so only die here.
    fn hows(&self, number: usize, effect: &str) -> Vec<&'static str> {
        let in_parts = ["begin", "part", "complete"].iter().any(|name| effect.starts_with(name));
        let fails = self.place == Place::Directory || in_parts;
        std::iter::once("kill").chain(fails.then_some(FAILURES[number % FAILURES.len()])).collect()
    }

    /// The same, only at the `chosen` side effects.
    fn at_effects(
        &self,
        command: impl Fn() -> Vec<String>,
        expected: &[&str],
        chosen: impl Fn(&str) -> bool,
        check: impl Fn(Option<&Step<'_>>),
    ) {
        let arguments = command();
        let effects = self.effects(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        for name in expected {
            assert!(effects.iter().any(|effect| effect.starts_with(name)), "no {name}: {effects:?}");
        }
        check(None);
        for (number, effect) in effects.iter().enumerate().filter(|(_, effect)| chosen(effect)) {
            for how in self.hows(number, effect) {
                let what = format!("{how} at {number} ({effect})");
                let arguments = command();
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let outcome = self.faulty(&format!("at={number} how={how}"), &arguments);
                let on_milvus = !of_the_store(effect);
                match how {
                    "kill" => assert_eq!(outcome.exit_code, None, "{what}: {outcome:#?}"),
                    "down" => assert_ne!(outcome.exit_code, None, "{what}: {outcome:#?}"),
                    _ if on_milvus => {}
                    _ => assert_eq!(outcome.exit_code, Some(0), "{what}: {outcome:#?}"),
                }
                check(Some(&Step { what, how, on_milvus, outcome }));
            }
        }
    }

    /// What is listed is whole, and after a prune there are no other files, and no other collections.
    fn require_sound(&self, what: &str) {
        let listed = self.br.listed();
        for id in &listed {
            let verified = self.br.run(&["verify", id]);
            assert_eq!(verified.exit_code, Some(0), "{what}: {verified:#?}");
        }
        self.br.run(&["prune", "--incomplete", "--yes"]).code(0);
        let files = self.br.everything();
        assert_eq!(self.br.files().uploads(), Vec::<String>::new(), "{what}");
        let left: Vec<_> = files
            .iter()
            .filter(|file| !is_of_a_torn_write(file) && listed.iter().all(|id| !file.contains(id)))
            .collect();
        assert!(left.is_empty(), "{what}: {left:?}");
        assert_eq!(self.br.listed(), listed, "{what}");
    }

    /// Of two backups one is gone, as it must be if the command says so, or both are there; and all is sound.
    fn require_one_of_two_gone_or_none(&self, Step { what, outcome, .. }: &Step<'_>) {
        let left = self.br.listed().len();
        assert!(left == 1 || left == 2, "{what}: {left}");
        assert!(outcome.exit_code != Some(0) || left == 1, "{what}: false success");
        self.require_sound(what);
    }
}

fn of_the_store(effect: &str) -> bool {
    OF_THE_STORE.contains(&effect.split(' ').next().unwrap_or_default())
}

/// No collection of a name of ours is left for this target.
fn require_no_leftover(target: &str, what: &str) {
    let left: Vec<_> =
        names(LITE, "").into_iter().filter(|name| name.starts_with("milvus_br") && name.contains(target)).collect();
    assert!(left.is_empty(), "{what}: {left:?}");
}

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|&argument| argument.to_owned()).collect()
}

fn at_each_side_effect_of_a_create(place: Place) {
    let name = &*place.named("fault_create");
    // Not loaded, so that it is loaded for the backup, and released.
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).released().make();
    let bench = Bench::placed(place);
    let old = bench.br.create(&[name]);
    let expected = ["put", "delete", "load_collection", "release_collection"];
    // A file that fits into one request takes no upload of parts in a store, see the next test.
    let of_files = if place == Place::Directory { &["begin", "complete"][..] } else { &[] };
    let expected = [&expected[..], of_files].concat();
    bench.at_each_effect(
        || {
            release(LITE, name);
            words(&["create", name, "--json"])
        },
        &expected,
        |step| {
            let listed = bench.br.listed();
            if let Some(Step { what, how, outcome, .. }) = step {
                assert!(listed.contains(&old) && listed.len() <= 2, "{what}: {listed:?}");
                assert!(outcome.exit_code != Some(0) || listed.len() == 2, "{what}: false success");
                bench.require_sound(what);
                // Takes over the lock that is left, which would be one side effect more in the next step.
                if matches!(*how, "kill" | "down") {
                    let next = bench.br.create(&[name]);
                    bench.br.run(&["delete", &next, "--yes"]).code(0);
                }
            }
            for id in listed.iter().filter(|id| **id != old) {
                bench.br.run(&["delete", id, "--yes"]).code(0);
            }
        },
    );
    forget(LITE, &[name]);
}

/// A file of 9 MB, which takes two parts in an object store.
#[test]
fn at_each_side_effect_of_an_upload_of_parts() {
    let name = "fault_parts";
    Plain::on(LITE, name).partition("_default", 2_200).dim(1024).make();
    let bench = Bench::placed(Place::Store(StoreKind::SeaweedFs));
    let create = words(&["create", name, "--no-verify", "--compression", "none", "--json"]);
    let expected = ["begin", "part", "complete"];
    let chosen = |effect: &str| expected.iter().any(|name| effect.starts_with(name));
    bench.at_effects(
        || create.clone(),
        &expected,
        chosen,
        |step| {
            let listed = bench.br.listed();
            if let Some(Step { what, outcome, .. }) = step {
                assert_eq!(outcome.exit_code == Some(0), !listed.is_empty(), "{what}: {outcome:#?}");
                bench.require_sound(what);
            }
            for id in listed {
                bench.br.run(&["delete", &id, "--yes"]).code(0);
            }
        },
    );
    forget(LITE, &[name]);
}

fn at_each_side_effect_of_a_delete(place: Place) {
    let name = &*place.named("fault_delete");
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::placed(place);
    bench.br.create(&[name]);
    let delete = ["delete", "fault_deleted", "--yes"];
    let prepare = || {
        if bench.br.listed().len() < 2 {
            bench.br.create(&[name, "--name", "fault_deleted"]);
        }
        words(&delete)
    };
    bench.at_each_effect(prepare, &["put", "delete"], |step| {
        let Some(step) = step else { return };
        bench.require_one_of_two_gone_or_none(step);
        let again = bench.br.run(&delete);
        assert!(matches!(again.exit_code, Some(0 | 10)), "{}: {again:#?}", step.what);
    });
    forget(LITE, &[name]);
}

#[test]
fn at_each_side_effect_of_a_prune() {
    let name = "fault_prune";
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    // The older one of two goes.
    let prune = ["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"];
    let prepare = || {
        while bench.br.listed().len() < 2 {
            bench.br.create(&[name]);
        }
        words(&prune)
    };
    bench.at_each_effect(prepare, &["put", "delete"], |step| {
        let Some(step) = step else { return };
        bench.require_one_of_two_gone_or_none(step);
        bench.br.run(&prune).code(0);
    });
    forget(LITE, &[name]);
}

fn at_each_side_effect_of_a_restore(place: Place) {
    let (name, target) = (&*place.named("fault_restore"), &*place.named("fault_restored"));
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::placed(place);
    let backup = bench.br.create(&[name]);
    let before = Snapshot::of(LITE, name);
    let expected = [
        "put",
        "delete",
        "create_collection",
        "create_partition",
        "insert",
        "flush",
        "create_index",
        "rename_collection",
    ];
    bench.at_each_effect(
        || words(&["restore", &backup, "--to", target, "--json"]),
        &expected,
        |step| {
            if let Some(Step { what, on_milvus, how, outcome }) = step {
                let there = names(LITE, "").contains(&target.to_owned());
                assert!(outcome.exit_code != Some(0) || there, "{what}: false success");
                if there {
                    before.assert_same(&Snapshot::of(LITE, target));
                }
                let once = *on_milvus && matches!(*how, "error" | "lost") && !what.contains("rename");
                assert!(!once || outcome.exit_code == Some(0), "{what}: made anew: {outcome:#?}");
                bench.require_sound(what);
                require_no_leftover(target, what);
            }
            forget(LITE, &[target]);
        },
    );
    forget(LITE, &[name]);
}

/// The collection that is replaced is there, or the new one, also when the process dies between the renames.
#[test]
fn at_each_side_effect_of_a_replacement() {
    let (name, target) = ("fault_replacing", "fault_replaced");
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    let backup = bench.br.create(&[name]);
    let prepare = || {
        forget(LITE, &[target]);
        Plain::on(LITE, target).partition("_default", 30).seed(2).make();
        words(&["restore", &backup, "--to", target, "--drop-existing", "--json", "--yes"])
    };
    prepare();
    let (new, old) = (Snapshot::of(LITE, name), Snapshot::of(LITE, target));
    // All before is as in a restore to a name that is free.
    let exchange = ["rename_collection", "drop_collection"];
    let chosen = |effect: &str| exchange.iter().any(|name| effect.starts_with(name));
    bench.at_effects(prepare, &exchange, chosen, |step| {
        let Some(Step { what, outcome, .. }) = step else { return };
        bench.require_sound(what);
        let now = Snapshot::of(LITE, target);
        match now.row_count() {
            100 => new.assert_same(&now),
            _ => old.assert_same(&now),
        }
        assert!(outcome.exit_code != Some(0) || now.row_count() == 100, "{what}: false success");
        let tidy = outcome.exit_code != Some(0) || !outcome.stderr.contains("still exists as");
        if tidy {
            require_no_leftover(target, what);
        }
        let left = names(LITE, "").into_iter().filter(|name| name.starts_with("milvus_br") && name.contains(target));
        forget(LITE, &left.collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>());
    });
    forget(LITE, &[name, target]);
}

/// A restore died while it waited for the rename of the collection that it replaces, and Milvus carries that out while the
/// next restore runs.
#[test]
fn a_rename_that_comes_late() {
    let (name, target) = ("fault_late", "fault_late_restored");
    Plain::on(LITE, name).partition("_default", 20_000).dim(64).make();
    let bench = Bench::new();
    let backup = bench.br.create(&[name]);
    bench.br.restore(&backup, target, &[]);
    let restore = ["restore", &backup, "--to", target, "--drop-existing", "--yes", "--json"];
    let effects = bench.effects(&restore);
    let rename = effects.iter().position(|effect| *effect == format!("rename_collection {target}")).unwrap();
    assert_eq!(bench.faulty(&format!("at={rename} how=kill"), &restore).exit_code, None);

    let script = "
def names():
    request = milvus_pb2.ShowCollectionsRequest(db_name=milvus.db)
    return asked_again(lambda: milvus.call('ShowCollections', request), RuntimeError).collection_names

def staging():
    return {name for name in names() if name.startswith('milvus_br_staging_') and name.endswith(given['target'])}

milvus = Milvus(given['uri'])
first = staging()
assert len(first) == 1, first
open(given['watches'], 'x').close()
while not staging() - first:
    time.sleep(0.05)
replaced = first.pop().replace('_staging_', '_replaced_')
milvus.call('RenameCollection', milvus_pb2.RenameCollectionRequest(oldName=given['target'], newName=replaced))
print(json.dumps(given['target'] in names()))
";
    let uri = milvus_backup_testkit::shared(LITE).unwrap().uri();
    let watches = bench.br.scratch().join("watches");
    let late = std::thread::scope(|scope| {
        let given = json!({ "uri": uri, "target": target, "watches": watches });
        let late = scope.spawn(move || ask::<bool>(script, &given));
        while !watches.exists() && !late.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
        }
        bench.br.run(&restore).code(0);
        late.join().unwrap()
    });
    assert!(!late, "the rename came too late for this test: nothing had taken the name yet");
    bench.require_sound("after the late rename");
    require_no_leftover(target, "after the late rename");
    Snapshot::of(LITE, name).assert_same(&Snapshot::of(LITE, target));
    forget(LITE, &[name, target]);
}

/// What looks at the repository, and what deletes from it, ends by its deadline or by a signal when the store is silent.
#[test]
fn a_store_that_hangs() {
    let name = "fault_hanging";
    Plain::on(LITE, name).partition("_default", 60).make();
    let bench = Bench::new();
    let (old, new) = (bench.br.create(&[name]), bench.br.create(&[name]));
    let looks = [("list:", vec!["list"]), ("get:", vec!["show", &new]), ("get:", vec!["prune", "--keep-count", "1"])];
    let prune = ["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"];
    for (hang, command) in looks.into_iter().chain([("delete:/data/", prune.to_vec())]) {
        let hang = format!("hang={hang}");
        let in_time = bench.faulty(&hang, &[&command[..], &["--timeout", "1s", "--json"]].concat()).code(18);
        assert_eq!(in_time.error()["kind"], "deadline_exceeded", "{command:?}");
        let br = MilvusBr::on(LITE).with_program(env!("CARGO_BIN_EXE_milvus-br-faulty")).with_env(VARIABLE, &hang);
        let root = bench.br.root();
        let running = br.start(&[&command[..], &["--json", "--root", root.to_str().unwrap()]].concat());
        std::thread::sleep(Duration::from_millis(500));
        running.signal(rustix::process::Signal::INT);
        let stopped = running.finish_within(Duration::from_secs(5));
        // The second prune finds nothing to delete.
        assert!(matches!(stopped.exit_code, Some(130)) || command[..] == prune, "{stopped:#?}");
    }
    assert_eq!(bench.br.listed(), [new], "its metadata is gone before its data");
    assert!(everything_below(&bench.br.root()).iter().any(|file| file.contains(&old)));
    bench.require_sound("after a deletion that was cut short");
    let files = everything_below(&bench.br.root());
    assert!(!files.iter().any(|file| file.contains("/locks/") || file.contains(&old)), "{files:?}");
    forget(LITE, &[name]);
}

#[test]
fn at_each_side_effect_of_a_deep_verification() {
    let name = "fault_deep";
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    let backup = bench.br.create(&[name]);
    let before = Snapshot::of(LITE, name);
    let expected = ["put", "create_collection", "insert", "load_collection", "drop_collection"];
    bench.at_each_effect(
        || words(&["verify", &backup, "--mode", "deep", "--json"]),
        &expected,
        |step| {
            let Some(Step { what, outcome, .. }) = step else { return };
            assert!(!matches!(outcome.exit_code, Some(13)), "{what}: the backup is whole: {outcome:#?}");
            bench.require_sound(what);
            require_no_leftover(name, what);
        },
    );
    before.assert_same(&Snapshot::of(LITE, name));
    forget(LITE, &[name]);
}

/// Of all calls some fail, are lost, come late, fall short or have a bit changed: what says that it succeeded did, and
/// what is listed is whole.
fn at_random(place: Place) {
    let (name, target) = (&*place.named("fault_random"), &*place.named("fault_random_restored"));
    Plain::on(LITE, name).partition("_default", 3000).partition("p1", 40).make();
    let bench = Bench::placed(place);
    let before = Snapshot::of(LITE, name);
    let (mut created, mut restored) = (0, 0);
    let seeds = if place == Place::Directory { 12 } else { 4 };
    for seed in 1..=seeds {
        let faults = format!("random={} percent={}", seed * 7919, 2 + seed % 7);
        let what = format!("{VARIABLE}={faults:?}");
        let outcome = bench.faulty(&faults, &["create", name, "--chunk-size", "64KB", "--json"]);
        assert!(matches!(outcome.exit_code, Some(0 | 1 | 11 | 13 | 17)), "{what}: {outcome:#?}");
        created += u32::from(outcome.exit_code == Some(0));
        bench.require_sound(&what);
        if let Some(backup) = bench.br.listed().first() {
            let verified = bench.faulty(&faults, &["verify", backup, "--mode", "quick", "--sample", "100", "--json"]);
            assert!(matches!(verified.exit_code, Some(0 | 13 | 17)), "{what}: {verified:#?}");
            let outcome = bench.faulty(&faults, &["restore", backup, "--to", target, "--no-verify", "--json"]);
            if outcome.exit_code == Some(0) {
                restored += 1;
                before.assert_same(&Snapshot::of(LITE, target));
            }
            forget(LITE, &[target]);
            bench.require_sound(&what);
        }
    }
    assert!(
        created * 4 >= seeds && restored * 4 >= seeds,
        "{created} of {seeds} creates and {restored} restores succeeded: too many faults"
    );
    forget(LITE, &[name]);
}
