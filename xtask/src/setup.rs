//! Installing what the tests need: servers, object stores, witnesses and data.

use std::time::Instant;

use milvus_backup_testkit::python::Environment;
use milvus_backup_testkit::{Error, ServerKind, StoreKind, wordnet};

use crate::error::Result;
use crate::terminal::{say, seconds, step};

type Install = fn() -> std::result::Result<(), Error>;

/// Every part, by the name it is announced with.
const PARTS: [(&str, Install); 10] = [
    ("Milvus Lite 3.2.2", || ServerKind::Lite322.install()),
    ("Milvus Lite 2.5.1", || ServerKind::Lite251.install()),
    ("Milvus 2.3.5", || ServerKind::Milvus235.install()),
    ("SeaweedFS 4.48", || StoreKind::SeaweedFs.install()),
    ("moto 5.2.5", || StoreKind::Moto.install()),
    ("Azurite 3.35.0", || StoreKind::Azurite.install()),
    ("nginx", || StoreKind::Gcs.install()),
    ("pymilvus, pyarrow, DuckDB and Polars", || Environment::witness().install().map(drop)),
    ("the MiniLM sentence model", || Environment::embeddings().install().map(drop)),
    ("WordNet", || wordnet::glosses().map(drop)),
];

/// Runs `cargo xtask setup` as one step.
pub(crate) fn run() -> Result<()> {
    step("set-up", all)
}

/// Installs every part that is not there yet.
pub(crate) fn all() -> Result<()> {
    for (name, install) in PARTS {
        let started = Instant::now();
        install()?;
        say(format_args!("    have {name} ({})", seconds(started.elapsed())));
    }
    Ok(())
}
