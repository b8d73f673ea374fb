//! The faults of the testkit around the command: a stand-in for disks, services and networks that fail.
//!
//! What they do is in the environment variable `MILVUS_BR_FAULTS`, one setting per word:
//!
//! - `trace=FILE`: writes the name of each side effect to a file, one per line.
//! - `at=N` with `how=`: what happens at side effect N, counted from 0. `kill`: SIGKILL before it. `error`: it fails
//!   once, not done. `lost`: it is done, and its response is lost. `down`: it and everything after it fails.
//! - `hang=CALL:PART`: `get`, `list` or `delete` of an object with `PART` in its path never answers, and does nothing.
//! - `random=SEED` with `percent=P`: so many percent of all calls fail, are lost, come late, fall short, list too little or
//!   have a bit changed, as the seed says.

use std::env;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use milvus_backup_cli::Layers;
use milvus_backup_testkit::fakes::faults::{CallKind, Failure, Fault, Faults, FaultyMilvus, FaultyStore, Gate, Point};

/// The variable that says what fails.
pub const VARIABLE: &str = "MILVUS_BR_FAULTS";

/// The faults of the environment, around the store and around Milvus: both count in one sequence.
pub fn layers() -> Layers {
    Layers {
        store: |inner| Arc::new(FaultyStore::new(inner, of_this_process())),
        milvus: |inner| Arc::new(FaultyMilvus::new(inner, of_this_process())),
    }
}

fn of_this_process() -> Faults {
    static FAULTS: OnceLock<Faults> = OnceLock::new();
    FAULTS.get_or_init(|| parse(&env::var(VARIABLE).unwrap_or_default())).clone()
}

fn parse(text: &str) -> Faults {
    let faults = Faults::new();
    let (mut at, mut how, mut seed, mut percent) = (None, "error", 0, 0);
    for (name, value) in text.split_whitespace().filter_map(|word| word.split_once('=')) {
        match name {
            "trace" => trace(&faults, File::create(value).unwrap()),
            "at" => at = Some(value.parse().unwrap()),
            "how" => how = value,
            "hang" => value.split_once(':').iter().for_each(|(call, part)| hang(&faults, call, part)),
            "percent" => percent = value.parse().unwrap(),
            "random" => seed = value.parse().unwrap(),
            other => panic!("{other}={value}"),
        }
    }
    if let Some(at) = at {
        let failure = Failure::unavailable();
        let fault = match how {
            "kill" => Fault::kill(),
            "error" => Fault::fail(failure),
            "lost" => Fault::lose(failure),
            "down" => Fault::down(failure),
            other => panic!("how={other}"),
        };
        faults.inject(Point::effect().nth(at), fault);
    }
    faults.inject_at_random(seed, percent);
    faults
}

/// Writes each side effect to a file, before it is done.
fn trace(faults: &Faults, mut file: File) {
    faults.observe(move |call| {
        if call.kind == CallKind::Effect {
            writeln!(file, "{call}").unwrap();
        }
    });
}

/// Hangs these calls for good.
fn hang(faults: &Faults, call: &str, part: &str) {
    let names: &[&'static str] = match call {
        "get" => &["get", "head"],
        "list" => &["list_with_delimiter"],
        "delete" => &["delete"],
        other => panic!("hang={other}:{part}"),
    };
    for name in names {
        faults.inject(Point::call(name).on(part).and_all_after(), Fault::hang(&Gate::new()));
    }
}
