//! The creation of the file of a configuration, where none exists.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use milvus_backup_core::{Error, Result};

/// Mode of a file that only its owner can read.
const PRIVATE: u32 = 0o600;

/// Mode of a file that all users can read, unless their process masks it.
const SHARED: u32 = 0o666;

/// Writes a new file, and the directories above it. An existing file stays as it is.
///
/// # Errors
/// [`Error::Refused`] if the file exists; [`Error::Configuration`] if it cannot be written.
pub(crate) fn create(path: &Path, text: &str, private: bool) -> Result<()> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Error::Configuration {
            role: "configuration file".to_owned(),
            path: path.display().to_string(),
            source: Box::new(source),
        },
    };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let mode = if private { PRIVATE } else { SHARED };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Fails if the file exists.
///
/// # Errors
/// [`Error::Refused`].
pub(crate) fn refuse_existing(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// Returns the error for a configuration that is there already.
fn exists(path: &Path) -> Error {
    let shown = path.display();
    Error::Refused {
        reason: format!("`{shown}` exists, and is not replaced"),
        hint: "edit it and check it with `milvus-br config check`, or write another one with `milvus-br init --config FILE`"
            .into(),
    }
}
