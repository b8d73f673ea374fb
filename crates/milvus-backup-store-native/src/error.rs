//! The reasons why the tool cannot be used, or its output cannot be parsed.

use std::io;
use std::path::PathBuf;

use milvus_backup_core as core;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why the tool cannot be used, or its output cannot be parsed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tool does not accept this name for a backup.
    #[error("`{name}` is no name for a native backup: it must {rule}")]
    InvalidName {
        /// The name that was given.
        name: String,
        /// The rule that the name violates.
        rule: &'static str,
    },

    /// The tool cannot name this database or collection: it accepts only letters, digits and `_`.
    #[error("`{name}` cannot be named to milvus-backup, which knows letters, digits and `_` only")]
    InvalidNamespace {
        /// The name of the database or collection.
        name: String,
    },

    /// A setting cannot be passed on the command line of the tool.
    #[error("setting `{key}` cannot be passed to milvus-backup: {reason}")]
    InvalidSetting {
        /// The key of the setting.
        key: String,
        /// A description of the fault. Never contains the value.
        reason: &'static str,
    },

    /// The selection is empty, which the tool would interpret as everything.
    #[error("no collection to {action}; milvus-backup would take that for all of them")]
    NothingSelected {
        /// The action: `back up` or `restore`.
        action: &'static str,
    },

    /// Two collections would be restored to one target.
    #[error("two collections would be restored as `{target}`")]
    DuplicateTarget {
        /// The target that occurs twice.
        target: String,
    },

    /// This version of the tool does not support the request.
    #[error("this version of milvus-backup has no {what}")]
    Unsupported {
        /// The request that is not supported.
        what: String,
    },

    /// The executable of the tool was not found.
    #[error("milvus-backup is not installed: {looked_in}")]
    NotFound {
        /// A description of the search that failed.
        looked_in: String,
    },

    /// The file cannot be executed.
    #[error("`{}` cannot be run: {reason}", .path.display())]
    NotExecutable {
        /// The path of the file.
        path: PathBuf,
        /// The reason why it cannot be executed.
        reason: &'static str,
    },

    /// The program is not milvus-backup: it printed no version.
    #[error("`{}` is not milvus-backup: it printed no version", .path.display())]
    NotTheTool {
        /// The path of the file.
        path: PathBuf,
    },

    /// The program could not be started, or its output could not be read.
    #[error("cannot run `{}`", .path.display())]
    Run {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The program did not end within the time limit.
    #[error("`{}` did not end within {seconds} seconds", .path.display())]
    TimedOut {
        /// The path of the file.
        path: PathBuf,
        /// The time limit in seconds.
        seconds: u64,
    },

    /// The tool failed, or what it reported is not so.
    #[error("cannot {action} with milvus-backup: {message}")]
    Failed {
        /// The action that failed, such as `create a backup`.
        action: &'static str,
        /// A description of the fault, without secrets.
        message: String,
    },

    /// The output does not match the format of the command.
    #[error("unexpected output of `milvus-backup {command}`: {reason}")]
    UnexpectedOutput {
        /// The name of the command.
        command: &'static str,
        /// A description of the fault. Never contains the output, which may hold keys.
        reason: String,
    },
}

impl From<Error> for core::Error {
    /// Converts errors that the caller can correct to [`core::Error::InvalidParameter`], requests that the tool does
    /// not support to [`core::Error::Unsupported`], a failure to run it to [`core::Error::Storage`], and a failure of the
    /// tool, or output that cannot be parsed, to [`core::Error::Encoding`].
    fn from(error: Error) -> Self {
        let invalid = |field: &str, value: &str, limit: &str| Self::InvalidParameter {
            field: field.to_owned(),
            value: value.to_owned(),
            limit: limit.to_owned(),
        };
        match &error {
            Error::InvalidName { name, rule } => invalid("backup_name", name, &format!("a name to {rule}")),
            Error::InvalidSetting { key, reason } => invalid(key, "(hidden)", reason),
            Error::NothingSelected { .. } => invalid("collections", "[]", "not empty"),
            Error::DuplicateTarget { target } => invalid("target_collection_name", target, "given once"),
            Error::InvalidNamespace { .. }
            | Error::Unsupported { .. }
            | Error::NotFound { .. }
            | Error::NotExecutable { .. }
            | Error::NotTheTool { .. } => Self::Unsupported { what: error.to_string() },
            Error::Run { path, source } => {
                let permission = source.kind() == io::ErrorKind::PermissionDenied;
                failed_to_run(path.display().to_string(), permission, error)
            }
            Error::TimedOut { path, .. } => failed_to_run(path.display().to_string(), false, error),
            Error::Failed { action, message } => {
                Self::Encoding { action: format!("{action} with milvus-backup"), source: message.clone().into() }
            }
            Error::UnexpectedOutput { .. } => {
                Self::Encoding { action: "understand milvus-backup".to_owned(), source: Box::new(error) }
            }
        }
    }
}

fn failed_to_run(path: String, permission: bool, source: Error) -> core::Error {
    core::Error::Storage { action: "run".to_owned(), path, permission, retryable: false, source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::ErrorKind;

    use super::*;

    #[test]
    fn kinds_tell_what_to_do() {
        let kind = |error: Error| core::Error::from(error).kind();
        assert_eq!(kind(Error::NothingSelected { action: "restore" }), ErrorKind::InvalidParameter);
        assert_eq!(kind(Error::NotFound { looked_in: "PATH".into() }), ErrorKind::Unsupported);
        assert_eq!(kind(Error::TimedOut { path: "x".into(), seconds: 1 }), ErrorKind::Storage);
    }

    #[test]
    fn causes_stay() {
        let error = Error::Run { path: "tool".into(), source: io::ErrorKind::PermissionDenied.into() };
        let error = core::Error::from(error);
        assert!(matches!(&error, core::Error::Storage { permission: true, .. }));
        assert!(error.full_message().contains("permission denied"), "{}", error.full_message());
    }
}
