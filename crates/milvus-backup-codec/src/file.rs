//! The creation of a file that is either complete or does not exist.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Number of bytes that are copied at a time.
pub(crate) const BUFFER_BYTES: usize = 1 << 20;

/// Opens the input, and returns it with its metadata.
pub(crate) fn open(path: &Path) -> Result<(File, Metadata)> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path: path.to_owned() },
        _ => Error::Io(error),
    })?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(io::Error::other("not a regular file").into()) }
}

/// Makes `fill` write a temporary file beside `path`, then gives it that name and the permissions in `like`.
///
/// # Durability
/// The file and its name are durable when this returns. On an error, and if the process dies, `path` does not exist;
/// only a dying process leaves the temporary file behind.
///
/// # Errors
/// [`Error::OutputExists`] if `path` exists at the start or at the end; then the errors of `fill` and [`Error::Io`].
pub(crate) fn create(path: &Path, like: &Metadata, fill: impl FnOnce(&File) -> Result<()>) -> Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(Error::OutputExists { path: path.to_owned() });
    }
    let directory = directory_of(path);
    let temporary = NamedTempFile::with_prefix_in(".milvus-br-", &directory)?;
    fill(temporary.as_file())?;
    temporary.as_file().set_permissions(like.permissions())?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(path).map_err(|failure| match failure.error.kind() {
        io::ErrorKind::AlreadyExists => Error::OutputExists { path: path.to_owned() },
        _ => Error::Io(failure.error),
    })?;
    sync_directory(&directory)
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> Result<()> {
    Ok(File::open(directory)?.sync_all()?)
}

/// Does nothing: only Unix can sync a directory.
#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> Result<()> {
    Ok(())
}
