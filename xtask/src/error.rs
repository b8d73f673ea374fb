//! Why a developer command failed.

use std::io;
use std::process::ExitStatus;

/// The result of everything here.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a developer command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The arguments are wrong.
    #[error("{0}; `cargo xtask help` lists the commands")]
    Usage(String),
    /// The operating system refused something.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was attempted, as a verb phrase.
        action: String,
        /// What the operating system answered.
        source: io::Error,
    },
    /// A program ended with something else than success.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command as one would type it.
        command: String,
        /// The status that it ended with.
        status: ExitStatus,
    },
    /// A program printed JSON that does not say what it should.
    #[error("cannot read what `{command}` printed: {source}")]
    Unreadable {
        /// The command as one would type it.
        command: String,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A server, a witness or the data could not be had.
    #[error(transparent)]
    Testkit(#[from] milvus_backup_testkit::Error),
    /// The crates depend on each other in a way that the design forbids.
    #[error("{} forbidden dependencies:\n  {}", .0.len(), .0.join("\n  "))]
    Layering(Vec<String>),
    /// Sources do not meet the house rules.
    #[error("the house rules are not met:\n  {}", .0.join("\n  "))]
    House(Vec<String>),
    /// Documents name things that do not exist.
    #[error("the documents name things that do not exist:\n  {}", .0.join("\n  "))]
    Links(Vec<String>),
    /// The public surface of a crate is not the recorded one.
    #[error("the public surface: {0}")]
    Api(String),
    /// A check of every night found something.
    #[error("the check failed: {0}")]
    Check(String),
    /// The crates cannot be published as they are.
    #[error("no release: {0}")]
    Release(String),
    /// The artefacts are not as they must be.
    #[error("the distribution failed: {0}")]
    Dist(String),
    /// The demo found something that is not as it must be.
    #[error("the demo failed: {0}")]
    Demo(String),
}

impl Error {
    /// The exit code of the command, by the conventions of the shell.
    pub(crate) fn exit_code(&self) -> u8 {
        if matches!(self, Self::Usage(_)) { 2 } else { 1 }
    }

    /// Turns an I/O error into one that says `cannot {action}`.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action: action.into(), source }
    }
}
