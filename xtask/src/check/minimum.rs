//! The minimum Rust version: no dependency needs a newer one, and no code of ours does.
//!
//! The second half is clippy's lint `incompatible_msrv`, which reports items of the standard library that the stated
//! version does not have. So no older compiler has to be at hand.

use super::crates::{Package, packages};
use crate::error::{Error, Result};
use crate::terminal::say;
use crate::workspace;

/// Fails if something needs a newer Rust than the workspace states.
pub(super) fn check() -> Result<()> {
    let packages = packages()?;
    let stated =
        packages.iter().find(|package| package.is_published()).and_then(|package| package.rust_version.clone());
    let Some(stated) = stated else { return Err(Error::Check("no crate states a minimum Rust version".to_owned())) };
    let newer: Vec<String> = packages.iter().filter(|package| is_newer(package, &stated)).map(named).collect();
    if !newer.is_empty() {
        return Err(Error::Check(format!("newer than Rust {stated}: {}", newer.join(", "))));
    }
    say(format_args!("    all {} packages are built by Rust {stated}", packages.len()));
    let arguments = "clippy --workspace --all-targets -- --deny clippy::incompatible_msrv";
    workspace::run(workspace::cargo(arguments))
}

fn named(package: &Package) -> String {
    format!("{} {} ({})", package.name, package.version, package.rust_version.as_deref().unwrap_or_default())
}

fn is_newer(package: &Package, stated: &str) -> bool {
    package.rust_version.as_deref().is_some_and(|needed| numbers(needed) > numbers(stated))
}

/// Returns the numbers of a version; one that is left out is zero.
fn numbers(version: &str) -> [u64; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("1.100") > numbers("1.92") && numbers("1.92.1") > numbers("1.92"));
        assert_eq!(numbers("1.92"), numbers("1.92.0"));
    }
}
