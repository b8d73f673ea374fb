//! What must work with every artefact: a backup, its verification, and its restore, compared by pymilvus.

use milvus_backup_testkit::Witness;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::installed::Installed;
use crate::error::{Error, Result};
use crate::workspace;

const SEED: &str = include_str!("../../scripts/seed.py");
const COMPARE: &str = include_str!("../../scripts/compare.py");

/// The collection that is backed up.
const COLLECTION: &str = "shipped";

/// Number of rows of the collection.
const ROWS: u64 = 2000;

#[derive(Deserialize)]
struct Created {
    backup_id: String,
    row_count: u64,
}

#[derive(Deserialize)]
struct Restored {
    rows_restored: u64,
}

#[derive(Deserialize)]
struct Comparison {
    differences: Vec<String>,
}

/// Creates the collection with its rows.
pub(super) fn seed(witness: &Witness, uri: &str) -> Result<()> {
    let _: Value = witness.ask(SEED, &json!({ "uri": uri, "collection": COLLECTION, "rows": ROWS }))?;
    Ok(())
}

/// Runs the scenario with an installed command.
pub(super) fn run(installed: &Installed, witness: &Witness, uri: &str, target: &str) -> Result<()> {
    let ask = Asking { installed, uri };
    let Created { backup_id, row_count } = ask.document(&["create", COLLECTION])?;
    let _: Value = ask.document(&["verify", &backup_id])?;
    let _: Value = ask.document(&["verify", &backup_id, "--mode", "deep"])?;
    let Restored { rows_restored } = ask.document(&["restore", &backup_id, "--to", target, "--load"])?;
    if row_count != ROWS || rows_restored != ROWS {
        let found = format!("{row_count} rows were backed up and {rows_restored} restored, of {ROWS}");
        return Err(Error::Dist(found));
    }
    let compared: Comparison = witness.ask(COMPARE, &json!({ "uri": uri, "source": COLLECTION, "copy": target }))?;
    match compared.differences.first() {
        Some(difference) => Err(Error::Dist(difference.clone())),
        None => Ok(()),
    }
}

#[derive(Debug, Clone, Copy)]
struct Asking<'a> {
    installed: &'a Installed,
    uri: &'a str,
}

impl Asking<'_> {
    fn document<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        let all = [&["--uri", self.uri, "--json", "--quiet"], arguments].concat();
        let printed = workspace::capture(self.installed.command(&all))?;
        let command = format!("milvus-br {}", arguments.join(" "));
        serde_json::from_slice(&printed).map_err(|source| Error::Unreadable { command, source })
    }
}
