//! Where the workspace is, and running programs in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The directory that this program was built into, and with it every program of the same profile.
pub(crate) fn built() -> Result<PathBuf> {
    let own = std::env::current_exe().map_err(Error::io("find this program"))?;
    Ok(own.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// A path as one would type it in the root of the workspace.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// What `cargo run` tells this program about itself. Build scripts that look at it would run again for each caller.
const OF_CARGO_RUN: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// Cargo, in the root of the workspace, with arguments separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(arguments.split_whitespace()).current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if OF_CARGO_RUN.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command whose output goes where ours goes.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let name = typed(&command);
    let status = command.status().map_err(Error::io(format!("run `{name}`")))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { command: name, status }) }
}

/// Runs a command and returns what it printed on standard output.
pub(crate) fn capture(mut command: Command) -> Result<Vec<u8>> {
    let name = typed(&command);
    let output = command.stderr(Stdio::inherit()).output().map_err(Error::io(format!("run `{name}`")))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::Failed { command: name, status: output.status })
    }
}

/// A command as one would type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_lock_file() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_failure_names_the_command() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 7"]);
        assert_eq!(run(command).unwrap_err().to_string(), "`sh -c exit 7` failed (exit status: 7)");
    }
}
