//! The documentation as docs.rs builds it: all features, one crate after the other, and no warnings.

use super::crates::packages;
use crate::error::{Error, Result};
use crate::workspace;

/// Builds the documentation of every crate that is published.
pub(super) fn check() -> Result<()> {
    let packages = packages()?;
    let published: Vec<_> = packages.iter().filter(|package| package.is_published()).collect();
    let without: Vec<&str> = published
        .iter()
        .filter(|package| !package.documents_all_features())
        .map(|package| package.name.as_str())
        .collect();
    if !without.is_empty() {
        return Err(Error::Check(format!("no [package.metadata.docs.rs] with all features: {}", without.join(", "))));
    }
    let names = published.iter().map(|package| format!(" --package {}", package.name));
    let names = names.collect::<String>();
    let mut rustdoc = workspace::cargo(&format!("doc --no-deps --all-features{names}"));
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    workspace::run(rustdoc)
}
