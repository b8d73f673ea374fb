//! The witness scripts of `scripts/`, each run with what it needs to speak to Milvus put before it.

use std::{sync::OnceLock, time::Duration};

use milvus_backup_testkit::Witness;
use serde::{Serialize, de::DeserializeOwned};

/// Speaks to Milvus by its protocol.
const WIRE: &str = include_str!("../scripts/wire.py");

const LIMIT: Duration = Duration::from_mins(10);

/// Runs a script of this package, which finds `input` in `given`.
pub fn ask<T: DeserializeOwned>(script: &str, input: &impl Serialize) -> T {
    ask_within(LIMIT, script, input)
}

/// Runs a script that may take this long.
pub fn ask_within<T: DeserializeOwned>(limit: Duration, script: &str, input: &impl Serialize) -> T {
    static WITNESS: OnceLock<Witness> = OnceLock::new();
    let witness = WITNESS.get_or_init(|| Witness::new().unwrap()).clone().with_timeout(limit);
    witness.ask(&format!("{WIRE}\n{script}"), input).unwrap_or_else(|error| panic!("{error}"))
}
