//! Manual pages, completions and the first configuration, which the executable writes itself.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::tree::{FILE, Tree};
use crate::error::{Error, Result};
use crate::workspace;

/// The shells, with the names under which they look for completions.
const COMPLETIONS: [(&str, &str); 3] = [("bash", "milvus-br"), ("zsh", "_milvus-br"), ("fish", "milvus-br.fish")];

/// Returns the manual pages in `man/`, and the completions in `completions/`.
pub(super) fn documents(program: &Path) -> Result<Tree> {
    let mut tree = Tree::default();
    let directory = tempfile::tempdir().map_err(Error::io("create a directory"))?;
    workspace::run(without_settings(program, &["man", &directory.path().display().to_string()]))?;
    let pages = fs::read_dir(directory.path()).map_err(Error::io("list the manual pages"))?;
    for page in pages.flatten().map(|entry| entry.path()) {
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = fs::read(&page).map_err(Error::io(format!("read {name}")))?;
        tree.file(&format!("man/{name}"), FILE, content);
    }
    for (shell, name) in COMPLETIONS {
        let script = workspace::capture(without_settings(program, &["completions", shell]))?;
        tree.file(&format!("completions/{name}"), FILE, script);
    }
    Ok(tree)
}

/// Returns the configuration of a machine on which backups are kept in this directory.
pub(super) fn configuration(program: &Path, backups: &str) -> Result<Vec<u8>> {
    let directory = tempfile::tempdir().map_err(Error::io("create a directory"))?;
    let file = directory.path().join("config.toml");
    let mut command = without_settings(program, &["init", "--yes", "--root", backups, "--config"]);
    command.arg(&file);
    workspace::capture(command)?;
    fs::read(&file).map_err(Error::io("read the configuration"))
}

/// Returns a run of the executable that no variable of this machine changes.
fn without_settings(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command
}
