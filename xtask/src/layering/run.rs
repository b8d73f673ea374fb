//! Reads the graph from Cargo and holds it against the rules.

use super::check;
use super::graph::Graph;
use crate::error::{Error, Result};
use crate::terminal::say;
use crate::workspace;

const METADATA: &str = "metadata --format-version 1";

/// Fails when a dependency is forbidden.
pub(crate) fn run() -> Result<()> {
    let graph = Graph::read(&metadata()?)
        .map_err(|source| Error::Unreadable { command: format!("cargo {METADATA}"), source })?;
    let breaches = check::breaches(&graph);
    if !breaches.is_empty() {
        return Err(Error::Layering(breaches));
    }
    say(format_args!("layering holds: {} crates, no forbidden dependency", graph.declared.len()));
    Ok(())
}

/// The description of the workspace: without the network where all manifests are on this machine already.
fn metadata() -> Result<Vec<u8>> {
    let mut offline = workspace::cargo(METADATA);
    offline.arg("--offline");
    match offline.output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        _ => workspace::capture(workspace::cargo(METADATA)),
    }
}
