//! An object store that fails at each single side effect of each command, and the process killed at each of them:
//! afterwards there is the old state or the new one, what is listed is whole, and nothing is left for good.
//!
//! On Milvus Lite 3.2.2. The store is the real one with faults around it, see `milvus_backup_tests::faults`.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::everything_below,
    collections::{Plain, forget, names},
    comparison::Snapshot,
    faults::VARIABLE,
    milvus_br::MilvusBr,
    outcome::Outcome,
};

const LITE: ServerKind = ServerKind::Lite322;

/// The command with faults, and without.
struct Bench {
    br: MilvusBr,
}

impl Bench {
    fn new() -> Self {
        let br = MilvusBr::on(LITE);
        let config = br.scratch().join("retries.toml");
        fs::write(&config, "retry_delay_seconds = 0\nmax_retries = 4\n").unwrap();
        Self { br: br.with_env("MILVUS_BR_CONFIG", config.to_str().unwrap()) }
    }

    fn faulty(&self, faults: &str, arguments: &[&str]) -> Outcome {
        let command = self.br.command(arguments);
        let program = PathBuf::from(env!("CARGO_BIN_EXE_milvus-br-faulty"));
        let started = Instant::now();
        let mut with_faults = Command::new(program);
        with_faults.args(arguments).current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => with_faults.env(name, value),
                None => with_faults.env_remove(name),
            };
        }
        let output = with_faults.env(VARIABLE, faults).stdin(Stdio::null()).output().unwrap();
        Outcome::new(arguments, output, started.elapsed())
    }

    /// The side effects of a command, by name.
    fn effects(&self, arguments: &[&str]) -> Vec<String> {
        let trace = self.br.scratch().join("trace");
        self.faulty(&format!("trace={}", trace.display()), arguments).code(0);
        fs::read_to_string(trace).unwrap().lines().map(str::to_owned).collect()
    }

    /// What is listed is whole, and after a prune there are no other files.
    fn require_sound(&self, what: &str) {
        let listed = self.br.listed();
        for id in &listed {
            let verified = self.br.run(&["verify", id]);
            assert_eq!(verified.exit_code, Some(0), "{what}: {verified:#?}");
        }
        self.br.run(&["prune", "--incomplete", "--yes"]).code(0);
        let files = everything_below(&self.br.root());
        let left: Vec<_> = files
            .iter()
            .filter(|file| !file.contains("/locks/") && listed.iter().all(|id| !file.contains(id)))
            .collect();
        assert!(left.is_empty(), "{what}: {left:?}");
        assert_eq!(self.br.listed(), listed, "{what}");
    }
}

const HOWS: [&str; 4] = ["kill", "down", "error", "lost"];

#[test]
fn at_each_side_effect_of_a_create() {
    let name = "fault_create";
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    let old = bench.br.create(&[name]);
    let create = ["create", name, "--json"];
    let effects = bench.effects(&create);
    let has = |what: &str| effects.iter().any(|effect| effect.starts_with(what));
    assert!(has("put") && has("begin") && has("complete") && has("delete"), "{effects:?}");
    let second = bench.br.listed()[0].clone();
    bench.br.run(&["delete", &second, "--yes"]).code(0);
    for (number, effect) in effects.iter().enumerate() {
        for how in HOWS {
            let what = format!("{how} at {number} ({effect})");
            let outcome = bench.faulty(&format!("at={number} how={how}"), &create);
            match how {
                "kill" => assert_eq!(outcome.exit_code, None, "{what}: {outcome:#?}"),
                "down" => assert_ne!(outcome.exit_code, None, "{what}: {outcome:#?}"),
                _ => assert_eq!(outcome.exit_code, Some(0), "{what}: {outcome:#?}"),
            }
            let listed = bench.br.listed();
            assert!(listed.contains(&old) && listed.len() <= 2, "{what}: {listed:?}");
            assert!(outcome.exit_code != Some(0) || listed.len() == 2, "{what}: false success");
            bench.require_sound(&what);
            if how == "kill" {
                let next = bench.br.create(&[name]);
                bench.br.run(&["delete", &next, "--yes"]).code(0);
            }
            for id in listed.iter().filter(|id| **id != old) {
                bench.br.run(&["delete", id, "--yes"]).code(0);
            }
        }
    }
    forget(LITE, &[name]);
}

#[test]
fn at_each_side_effect_of_a_delete_and_a_prune() {
    let name = "fault_delete";
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    let kept = bench.br.create(&[name]);
    let doomed = |bench: &Bench, command: &str| match command {
        // Retention removes the oldest ones: what is made first goes, and the newest stays.
        "prune" => {
            bench.br.create(&[name]);
            vec!["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"]
        }
        _ => vec!["delete", "fault_doomed", "--yes"],
    };
    for command in ["delete", "prune"] {
        let make = |bench: &Bench| {
            if command == "delete" {
                bench.br.create(&[name, "--name", "fault_doomed"]);
            }
            doomed(bench, command)
        };
        let effects = bench.effects(&make(&bench));
        for (number, effect) in effects.iter().enumerate() {
            for how in HOWS {
                let what = format!("{command}: {how} at {number} ({effect})");
                let arguments = make(&bench);
                let before = bench.br.listed().len();
                let outcome = bench.faulty(&format!("at={number} how={how}"), &arguments);
                let listed = bench.br.listed();
                assert!(listed.len() == before || listed.len() == before - 1, "{what}: {listed:?}");
                match how {
                    "kill" => assert_eq!(outcome.exit_code, None, "{what}: {outcome:#?}"),
                    "down" => {}
                    _ => assert_eq!(outcome.exit_code, Some(0), "{what}: {outcome:#?}"),
                }
                assert!(outcome.exit_code != Some(0) || listed.len() == before - 1, "{what}: false success");
                bench.require_sound(&what);
                let again = bench.br.run(&arguments);
                assert!(matches!(again.exit_code, Some(0 | 10)), "{what}: {again:#?}");
            }
        }
    }
    assert!(!bench.br.listed().is_empty() && kept.len() == 25);
    forget(LITE, &[name]);
}

#[test]
fn at_each_side_effect_of_a_restore() {
    let (name, target) = ("fault_restore", "fault_restored");
    Plain::on(LITE, name).partition("_default", 60).partition("p1", 40).make();
    let bench = Bench::new();
    let backup = bench.br.create(&[name]);
    let restore = ["restore", &backup, "--to", target, "--json"];
    let effects = bench.effects(&restore);
    forget(LITE, &[target]);
    let before = Snapshot::of(LITE, name);
    for (number, effect) in effects.iter().enumerate() {
        for how in HOWS {
            let what = format!("{how} at {number} ({effect})");
            let outcome = bench.faulty(&format!("at={number} how={how}"), &restore);
            let there = names(LITE, "").contains(&target.to_owned());
            assert!(outcome.exit_code != Some(0) || there, "{what}: false success");
            if there {
                before.assert_same(&Snapshot::of(LITE, target));
            }
            bench.require_sound(&what);
            let left: Vec<String> = names(LITE, "")
                .into_iter()
                .filter(|name| name.contains("milvus_br") && name.contains(target))
                .collect();
            assert!(left.is_empty(), "{what}: {left:?}");
            forget(LITE, &[target]);
        }
    }
    forget(LITE, &[name]);
}

/// Of all calls some fail, are lost, come late, fall short or have a bit changed: what says that it succeeded did, and
/// what is listed is whole.
#[test]
fn at_random() {
    let (name, target) = ("fault_random", "fault_random_restored");
    Plain::on(LITE, name).partition("_default", 3000).partition("p1", 40).make();
    let bench = Bench::new();
    let before = Snapshot::of(LITE, name);
    let (mut created, mut restored) = (0, 0);
    for seed in 1..=12 {
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
        created >= 3 && restored >= 3,
        "{created} of 12 creates and {restored} restores succeeded: too many faults"
    );
    forget(LITE, &[name]);
}
