//! Why the tool cannot be used, or cannot be understood.

use std::io;
use std::path::PathBuf;

use milvus_backup_core as core;

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the tool cannot be used, or cannot be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tool does not take such a name for a backup.
    #[error("`{name}` is no name for a native backup: it must {rule}")]
    InvalidName {
        /// The name.
        name: String,
        /// The rule that it breaks.
        rule: &'static str,
    },

    /// The tool has no way to name this database or collection: it knows letters, digits and `_` only.
    #[error("`{name}` cannot be named to milvus-backup, which knows letters, digits and `_` only")]
    InvalidNamespace {
        /// The database or collection.
        name: String,
    },

    /// A setting cannot be passed on the command line of the tool.
    #[error("setting `{key}` cannot be passed to milvus-backup: {reason}")]
    InvalidSetting {
        /// The key.
        key: String,
        /// What is wrong. Never shows the value.
        reason: &'static str,
    },

    /// Nothing is selected, which the tool would take for everything.
    #[error("no collection to {action}; milvus-backup would take that for all of them")]
    NothingSelected {
        /// `back up` or `restore`.
        action: &'static str,
    },

    /// Two collections would be restored into one.
    #[error("two collections would be restored as `{target}`")]
    DuplicateTarget {
        /// The target.
        target: String,
    },

    /// This version of the tool cannot do it.
    #[error("this version of milvus-backup has no {what}")]
    Unsupported {
        /// What was asked for.
        what: String,
    },

    /// There is no tool.
    #[error("milvus-backup is not installed: {looked_in}")]
    NotFound {
        /// Where it was looked for.
        looked_in: String,
    },

    /// The file cannot be run.
    #[error("`{}` cannot be run: {reason}", .path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },

    /// The program is not milvus-backup: it printed no version.
    #[error("`{}` is not milvus-backup: it printed no version", .path.display())]
    NotTheTool {
        /// The file.
        path: PathBuf,
    },

    /// The program could not be started, or its output could not be read.
    #[error("cannot run `{}`", .path.display())]
    Run {
        /// The file.
        path: PathBuf,
        /// The failure of the operating system.
        source: io::Error,
    },

    /// The program did not end in time.
    #[error("`{}` did not end within {seconds} seconds", .path.display())]
    TimedOut {
        /// The file.
        path: PathBuf,
        /// The time it had.
        seconds: u64,
    },

    /// The output is not what the command prints.
    #[error("unexpected output of `milvus-backup {command}`: {reason}")]
    UnexpectedOutput {
        /// The command.
        command: &'static str,
        /// What is missing or wrong. Never shows the output, which may hold keys.
        reason: String,
    },
}

impl From<Error> for core::Error {
    /// What the caller can correct becomes [`core::Error::InvalidParameter`], what the tool cannot do
    /// [`core::Error::Unsupported`], a failure to run it [`core::Error::Storage`], an answer that cannot be read
    /// [`core::Error::Encoding`].
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
