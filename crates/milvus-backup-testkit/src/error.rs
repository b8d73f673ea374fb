//! The error type of this crate. Every message contains the action that failed and, if there is one, its remedy.

use std::{io, path::PathBuf, time::Duration};

/// The reason why a component could not be installed, started, queried or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system reported an error.
    #[error("cannot {action}: {source}")]
    Io {
        /// The action that failed, as a verb phrase with the path or program in it.
        action: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// There is no directory to install into.
    #[error("no cache directory: set MILVUS_BR_TESTKIT_CACHE, XDG_CACHE_HOME or HOME")]
    NoCacheDir,
    /// Python is missing, too old, or cannot create virtual environments.
    #[error("{problem}; {advice}")]
    Python {
        /// The problem of the interpreter.
        problem: String,
        /// The remedy for the problem.
        advice: &'static str,
    },
    /// A program that was run to completion failed.
    #[error("{program} failed ({status}): {output}")]
    Command {
        /// The program, with the arguments that matter.
        program: String,
        /// The exit status of the program.
        status: String,
        /// The end of its output.
        output: String,
    },
    /// A program exceeded its time limit and was killed.
    #[error("{program} did not end within {limit:?}: {output}")]
    Timeout {
        /// The program, with the arguments that matter.
        program: String,
        /// The time limit of the program.
        limit: Duration,
        /// The end of its output so far.
        output: String,
    },
    /// No free port was found.
    #[error("no free port on 127.0.0.1 between {first} and {last}")]
    NoFreePort {
        /// The first port of the range that was searched.
        first: u16,
        /// The last port of the range that was searched.
        last: u16,
    },
    /// A server did not become ready.
    #[error("{server} did not start: {reason}\n--- end of its log ---\n{log_tail}")]
    Start {
        /// The server, by name and version.
        server: String,
        /// The reason of the failure.
        reason: String,
        /// The last lines of its log.
        log_tail: String,
    },
    /// The witness ran but printed no JSON value on its last line.
    #[error("the witness script printed no JSON value on its last line: {source}; it printed: {output}")]
    Answer {
        /// The error of the JSON parser.
        source: serde_json::Error,
        /// The end of the output of the script.
        output: String,
    },
    /// A value could not be converted to JSON for a script.
    #[error("cannot pass the value to the script as JSON: {source}")]
    Question {
        /// The error of the serializer.
        source: serde_json::Error,
    },
    /// The client of an object store reported an error.
    #[error("cannot {call} {key}: {problem}")]
    Store {
        /// The call, as a verb.
        call: String,
        /// The bucket, and the object in it.
        key: String,
        /// The message of the client.
        problem: String,
    },
    /// A data file does not have the expected content.
    #[error("{}: {problem}", path.display())]
    Data {
        /// The path of the file.
        path: PathBuf,
        /// The fault in the file.
        problem: String,
    },
}

/// Adds the action that was attempted to the error of an [`io::Result`].
pub(crate) trait Attempt<T> {
    /// Converts an I/O error to an [`Error`] with the message `cannot {action}`.
    fn attempt(self, action: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, action: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::Io { action: action(), source })
    }
}
