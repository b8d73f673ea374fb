//! `cargo deny`: licences, bans and sources of the dependencies, by the rules in `deny.toml`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::Result;
use crate::terminal::step;
use crate::workspace;

/// The version that is installed if there is none.
const VERSION: &str = "0.20.2";

/// Runs the checks that need no database of advisories.
pub(super) fn check() -> Result<()> {
    let mut command = Command::new(program()?);
    command.args(["--offline", "check", "bans", "licenses", "sources"]);
    command.current_dir(workspace::root()).stdin(Stdio::null());
    workspace::run(command)
}

/// Returns the executable. It is installed beside the programs of the tests, and not among those of the developer.
fn program() -> Result<PathBuf> {
    let directory = milvus_backup_testkit::cache_dir()?.join(format!("cargo-deny-{VERSION}"));
    let program = directory.join("bin").join("cargo-deny");
    if !program.exists() {
        let mut install = workspace::cargo(&format!("install cargo-deny --locked --version {VERSION} --root"));
        install.arg(&directory);
        step(&format!("install cargo-deny {VERSION}"), || workspace::run(install))?;
    }
    Ok(program)
}
