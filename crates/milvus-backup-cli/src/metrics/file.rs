//! Metrics in a file, which the textfile collector of the node exporter reads.

use std::path::Path;

use milvus_backup_core::{Error, Result};

/// Replaces the file in one step: a collector never reads a part of it.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path)).map_err(|source| Error::Configuration {
        role: "file of metrics".to_owned(),
        path: path.display().to_string(),
        source: Box::new(source),
    })
}
