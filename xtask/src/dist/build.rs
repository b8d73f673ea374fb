//! The executable: static, so that it runs on every Linux of its architecture, and without paths of the machine.

use std::path::PathBuf;
use std::process::Command;

use super::artefact::TARGET;
use crate::error::{Error, Result};
use crate::workspace;

/// Names an executable that is packed instead of one that is built now.
const VARIABLE: &str = "MILVUS_BR_DIST_BINARY";

/// Builds the executable, and returns its path.
pub(super) fn program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(VARIABLE) {
        return Ok(PathBuf::from(path));
    }
    let arguments =
        format!("build --profile dist --locked --target {TARGET} --package milvus-backup-cli --bin milvus-br");
    let mut command = workspace::cargo(&arguments);
    command.env("CARGO_ENCODED_RUSTFLAGS", flags()?.join("\u{1f}"));
    workspace::run(command)?;
    Ok(target_directory()?.join(TARGET).join("dist").join("milvus-br"))
}

/// Returns the flags of the compiler. Paths of the sources are in messages of panics.
fn flags() -> Result<Vec<String>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let sysroot = workspace::capture(rustc(&["--print", "sysroot"]))?;
    let sysroot = String::from_utf8_lossy(&sysroot).trim().to_owned();
    Ok(vec![
        "-Ctarget-feature=+crt-static".to_owned(),
        format!("--remap-path-prefix={sysroot}=/rust"),
        format!("--remap-path-prefix={}=/cargo", home.display()),
        format!("--remap-path-prefix={}=/milvus-br", workspace::root().display()),
    ])
}

fn rustc(arguments: &[&str]) -> Command {
    let mut command = Command::new("rustc");
    command.args(arguments).current_dir(workspace::root());
    command
}

/// Returns the directory that cargo builds into.
pub(super) fn target_directory() -> Result<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let arguments = "metadata --format-version 1 --no-deps --locked";
    let printed = workspace::capture(workspace::cargo(arguments))?;
    let metadata: Metadata = serde_json::from_slice(&printed)
        .map_err(|source| Error::Unreadable { command: format!("cargo {arguments}"), source })?;
    Ok(metadata.target_directory)
}

/// Returns the seconds since 1970 that stand for the time of the release: those of `SOURCE_DATE_EPOCH`, or of the commit.
pub(super) fn epoch() -> Result<u64> {
    let text = if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
        given
    } else {
        let mut git = Command::new("git");
        git.args(["log", "-1", "--format=%ct"]).current_dir(workspace::root());
        String::from_utf8_lossy(&workspace::capture(git)?).into_owned()
    };
    text.trim().parse().map_err(|_| Error::Dist(format!("`{}` is no number of seconds", text.trim())))
}
