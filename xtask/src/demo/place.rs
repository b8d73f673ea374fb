//! Where the demo leaves its things. Each demo recreates them and stay until the next one.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace;

/// A directory of the build directory, so that `cargo clean` takes it too.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
}

impl Place {
    /// An empty place: what an earlier demo left is removed.
    pub(super) fn empty() -> Result<Self> {
        let built = workspace::built()?;
        let root = built.parent().unwrap_or(&built).join("demo");
        match fs::remove_dir_all(&root) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Error::io(format!("empty {}", root.display()))(error));
            }
            _ => {}
        }
        fs::create_dir_all(&root).map_err(Error::io(format!("create {}", root.display())))?;
        Ok(Self { root })
    }

    /// The data of Milvus Lite.
    pub(super) fn database(&self) -> PathBuf {
        self.root.join("milvus.db")
    }

    /// The root of the backups.
    pub(super) fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// The root of the backups that get damaged on purpose.
    pub(super) fn damaged(&self) -> PathBuf {
        self.root.join("damaged")
    }
}

/// Copies a directory with everything in it.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::io(format!("create {}", to.display())))?;
    for entry in entries(from)? {
        let target = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() {
            copy_tree(&entry, &target)?;
        } else {
            fs::copy(&entry, &target).map_err(Error::io(format!("copy {}", entry.display())))?;
        }
    }
    Ok(())
}

/// What is in a directory, in order of names.
pub(super) fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(directory).map_err(Error::io(format!("list {}", directory.display())))?;
    let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}
