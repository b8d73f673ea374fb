//! Where archives are: files, standard output and standard input.
//!
//! Must always hold: an archive appears under its name only when it is complete and durable, and no file is replaced.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use milvus_backup_core::{Error, Result};
use tempfile::NamedTempFile;

/// The name of standard input and standard output.
pub(crate) const PIPE: &str = "-";

/// An archive that is being written.
#[derive(Debug)]
pub(crate) enum Destination {
    /// Standard output, whose other end reads it.
    Pipe(io::Stdout),
    /// A file that has another name until it is complete.
    File {
        /// The name that it gets.
        path: PathBuf,
        /// The file as it is now.
        file: NamedTempFile,
    },
}

impl Destination {
    /// Starts an archive under this name.
    ///
    /// # Errors
    /// [`Error::Refused`] if the file exists, or if standard output is a terminal; [`Error::Storage`] if the file cannot be
    /// created.
    pub(crate) fn create(name: &str) -> Result<Self> {
        if name == PIPE {
            let stdout = io::stdout();
            if stdout.is_terminal() {
                let reason = "an archive is not written to a terminal".to_owned();
                return Err(Error::Refused { reason, hint: "redirect standard output, or name a file".into() });
            }
            return Ok(Self::Pipe(stdout));
        }
        let path = PathBuf::from(name);
        if path.symlink_metadata().is_ok() {
            return Err(exists(&path));
        }
        let file = tempfile::Builder::new().prefix(".milvus-br-").suffix(".part").tempfile_in(directory_of(&path));
        Ok(Self::File { file: file.map_err(|source| failed("create", &path, source))?, path })
    }

    /// Makes the archive durable, and gives a file its name.
    ///
    /// # Errors
    /// [`Error::Refused`] if a file has the name by now; [`Error::Storage`] for all other failures.
    pub(crate) fn finish(mut self) -> Result<()> {
        let flushed = self.flush();
        match self {
            Self::Pipe(_) => flushed.map_err(|source| failed("write", Path::new(PIPE), source)),
            Self::File { path, file } => {
                let write = |source| failed("write", &path, source);
                flushed.map_err(write)?;
                file.as_file().sync_all().map_err(write)?;
                file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
                    io::ErrorKind::AlreadyExists => exists(&path),
                    _ => failed("create", &path, error.error),
                })?;
                File::open(directory_of(&path)).and_then(|directory| directory.sync_all()).map_err(write)
            }
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Pipe(stdout) => stdout.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Pipe(stdout) => stdout.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

/// Opens an archive to be read.
///
/// # Errors
/// [`Error::Storage`] if the file cannot be opened, and [`Error::Refused`] if standard input is a terminal.
pub(crate) fn open(name: &str) -> Result<Box<dyn Read + Send>> {
    if name == PIPE {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            let reason = "an archive is not read from a terminal".to_owned();
            return Err(Error::Refused { reason, hint: "redirect standard input, or name a file".into() });
        }
        return Ok(Box::new(stdin));
    }
    let path = Path::new(name);
    Ok(Box::new(File::open(path).map_err(|source| failed("read", path, source))?))
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn exists(path: &Path) -> Error {
    let hint = "name another file, or remove that one".into();
    Error::Refused { reason: format!("`{}` already exists", path.display()), hint }
}

fn failed(action: &str, path: &Path, source: io::Error) -> Error {
    Error::Storage {
        action: action.to_owned(),
        path: path.display().to_string(),
        permission: source.kind() == io::ErrorKind::PermissionDenied,
        retryable: false,
        source: Box::new(source),
    }
}
