//! The search for the executable.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The name of the tool's executable.
pub const EXECUTABLE: &str = "milvus-backup";

pub(super) fn find(named: Option<&Path>, path: Option<&OsStr>) -> Result<PathBuf> {
    if let Some(named) = named {
        require_executable(named)?;
        return std::path::absolute(named).map_err(|source| Error::Run { path: named.to_owned(), source });
    }
    let path = path.unwrap_or_default();
    let mut unusable = None;
    // The meaning of a relative directory depends on the working directory.
    for directory in std::env::split_paths(path).filter(|directory| directory.is_absolute()) {
        let candidate = directory.join(EXECUTABLE);
        match require_executable(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(error @ Error::NotExecutable { .. }) => unusable = unusable.or(Some(error)),
            Err(_) => {}
        }
    }
    let looked_in = format!("no `{EXECUTABLE}` in the directories of PATH");
    Err(unusable.unwrap_or(Error::NotFound { looked_in }))
}

fn require_executable(path: &Path) -> Result<()> {
    let not_executable = |reason| Err(Error::NotExecutable { path: path.to_owned(), reason });
    match std::fs::metadata(path) {
        Err(_) => Err(Error::NotFound { looked_in: format!("`{}` does not exist", path.display()) }),
        Ok(metadata) if !metadata.is_file() => not_executable("it is not a file"),
        Ok(metadata) if metadata.permissions().mode() & 0o111 == 0 => not_executable("it is not marked executable"),
        Ok(_) => Ok(()),
    }
}
