//! The errors of log files, each of which names the file.

use std::fmt::Display;

use milvus_backup_core::Error;

/// What is wrong with the bytes of a log, before the name of the file is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogError {
    /// The bytes contradict the format or themselves.
    #[error("{0}")]
    Damaged(String),
    /// The bytes are of a form that is recognised and not read.
    #[error("{0}")]
    Unsupported(String),
}

impl LogError {
    /// Returns the error for bytes that contradict the format.
    pub(crate) fn damaged(message: impl Display) -> Self {
        Self::Damaged(message.to_string())
    }

    /// Returns the error for bytes that end before they are complete.
    pub(crate) fn ended() -> Self {
        Self::damaged("ends too early")
    }

    /// Returns the error for a form that is not read.
    pub(crate) fn unsupported(what: impl Display) -> Self {
        Self::Unsupported(what.to_string())
    }

    /// Returns the error with the name of the file.
    pub(crate) fn of_file(self, path: &str) -> Error {
        match self {
            Self::Damaged(message) => damaged(path, message),
            Self::Unsupported(what) => Error::Unsupported { what: format!("segment file `{path}`: {what}") },
        }
    }
}

/// Returns the error for a log whose bytes are not as they must be.
pub(crate) fn damaged(path: &str, message: impl Display) -> Error {
    Error::Corrupted {
        backup: path.to_owned(),
        message: format!("the segment file {message}"),
        failed_files: vec![path.to_owned()],
    }
}
