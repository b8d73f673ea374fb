//! The documents of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace::{root, shown};

/// A Markdown file of the workspace.
#[derive(Debug)]
pub(super) struct Document {
    /// Its path below the root of the workspace.
    pub(super) path: String,
    /// Everything that is in it.
    pub(super) text: String,
}

impl Document {
    /// Returns the directory that links of the document begin in.
    pub(super) fn directory(&self) -> PathBuf {
        root().join(&self.path).parent().map(Path::to_path_buf).unwrap_or_default()
    }

    /// Returns the text without blocks of code.
    pub(super) fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }

    /// Returns the lines in blocks of code.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = &str> {
        self.text.split("```").skip(1).step_by(2).flat_map(str::lines)
    }
}

/// Reads every Markdown file below the root, without those that are built.
pub(super) fn documents() -> Result<Vec<Document>> {
    let paths = files(root(), "md")?;
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
        Ok(Document { path: shown(&path), text })
    };
    paths.into_iter().map(read).collect()
}

/// Returns the files below a directory whose names have this extension, without those that are built or hidden.
pub(super) fn files(directory: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(directory).map_err(Error::io(format!("list {}", directory.display())))?;
    let mut found = Vec::new();
    for path in listed.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
