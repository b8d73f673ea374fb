//! The files with the surfaces, and whether they are those of the sources.

use std::fs;
use std::path::PathBuf;

use super::collect::surface;
use crate::error::{Error, Result};
use crate::terminal::say;
use crate::workspace;

/// Name of the file in the directory of a crate.
const FILE: &str = "api.txt";

/// Writes the file of each crate.
pub(crate) fn write() -> Result<()> {
    for (file, surface) in surfaces()? {
        fs::write(&file, surface).map_err(Error::io(format!("write {}", workspace::shown(&file))))?;
    }
    say("the public surface of each crate is in crates/*/api.txt");
    Ok(())
}

/// Fails if a file is not the surface of its crate.
pub(crate) fn check() -> Result<()> {
    let mut changed = Vec::new();
    for (file, surface) in surfaces()? {
        let recorded = fs::read_to_string(&file).unwrap_or_default();
        if let Some(line) = first_difference(&recorded, &surface) {
            changed.push(format!("{}, line {line}", workspace::shown(&file)));
        }
    }
    if changed.is_empty() {
        say("the public surface of each crate is as recorded");
        return Ok(());
    }
    let hint = "`cargo xtask api --write` records it, for the review and the version of the crate";
    Err(Error::Api(format!("it differs from {}; {hint}", changed.join(", "))))
}

/// Returns the surface of each crate that is published, with its file.
fn surfaces() -> Result<Vec<(PathBuf, String)>> {
    let crates = workspace::root().join("crates");
    let listed = fs::read_dir(&crates).map_err(Error::io("list the crates"))?;
    let mut directories: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    directories.sort();
    let mut found = Vec::new();
    for directory in directories {
        let manifest = fs::read_to_string(directory.join("Cargo.toml")).map_err(Error::io("read a manifest"))?;
        if !manifest.lines().any(|line| line == "publish = false") {
            found.push((directory.join(FILE), surface(&directory)?));
        }
    }
    Ok(found)
}

/// Returns the number of the first line that differs.
fn first_difference(recorded: &str, surface: &str) -> Option<usize> {
    if recorded == surface {
        return None;
    }
    let same = recorded.lines().zip(surface.lines()).take_while(|(one, other)| one == other).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_its_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
