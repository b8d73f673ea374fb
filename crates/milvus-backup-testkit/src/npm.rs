//! Installing a package of npm with its dependencies, once, into the cache.

use std::{path::PathBuf, process::Command, time::Duration};

use crate::{cache, command, error::Error};

const LIMIT: Duration = Duration::from_mins(10);

/// Returns the directory of the programs of `package` at this version. It needs Node.js with npm on the PATH.
pub(crate) fn install(package: &str, version: &str) -> Result<PathBuf, Error> {
    let requirement = format!("{package}@{version}");
    // An `@` in the name of an installation would end it.
    let root = cache::install(&format!("{package}-{version}"), &requirement, |dir| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--loglevel", "error", "--prefix"]);
        npm.arg(dir).arg(&requirement);
        command::run(npm, b"", LIMIT).map(drop)
    })?;
    Ok(root.join("node_modules").join(".bin"))
}
