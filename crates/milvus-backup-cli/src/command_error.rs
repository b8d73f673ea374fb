//! [`CommandError`]: an error of the library with an additional hint of the command.

use milvus_backup_core::{Error, ErrorKind};

use crate::hints::words;

/// An error with a hint that only the command can give, because it knows more than the failed call does.
#[derive(Debug)]
pub(crate) struct CommandError {
    error: Error,
    hint: Option<String>,
}

impl CommandError {
    pub(crate) fn new(error: Error, hint: Option<String>) -> Self {
        Self { error, hint }
    }

    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// Returns the hint of the command, followed by that of the library if both apply.
    pub(crate) fn hint(&self) -> Option<String> {
        match (&self.hint, self.error.hint().as_ref().map(words)) {
            (Some(hint), Some(general)) if self.kind() != ErrorKind::NotFound => Some(format!("{hint}; {general}")),
            (Some(hint), _) => Some(hint.clone()),
            (None, general) => general,
        }
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        Self { error, hint: None }
    }
}
