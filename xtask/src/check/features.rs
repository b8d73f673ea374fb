//! Each feature compiles alone, and so does each crate without any.

use super::crates::{Package, packages};
use crate::error::Result;
use crate::terminal::say;
use crate::workspace;

/// Compiles every library crate with each of its features alone, and without any.
pub(super) fn check() -> Result<()> {
    for package in packages()?.iter().filter(|package| package.source.is_none() && !package.features.is_empty()) {
        for arguments in combinations(package) {
            say(format_args!("    cargo {arguments}"));
            workspace::run(workspace::cargo(&arguments))?;
        }
    }
    Ok(())
}

/// Returns the arguments of cargo for each combination.
fn combinations(package: &Package) -> Vec<String> {
    let alone = format!("check --quiet --lib --package {} --no-default-features", package.name);
    let features = package.features.keys().filter(|feature| *feature != "default");
    std::iter::once(alone.clone()).chain(features.map(|feature| format!("{alone} --features {feature}"))).collect()
}
