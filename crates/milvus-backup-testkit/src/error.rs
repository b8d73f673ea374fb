//! The one error of this crate. Every message says what was attempted and, where there is one, what to do about it.

use std::{io, path::PathBuf, time::Duration};

/// Why a real part could not be installed, started, asked or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was attempted, as a verb phrase with the path or program in it.
        action: String,
        /// What the operating system answered.
        source: io::Error,
    },
    /// There is no directory to install into.
    #[error("no cache directory: set MILVUS_BR_TESTKIT_CACHE, XDG_CACHE_HOME or HOME")]
    NoCacheDir,
    /// Python is missing, too old, or cannot make virtual environments.
    #[error("{problem}; {advice}")]
    Python {
        /// What is wrong with the interpreter.
        problem: String,
        /// What puts it right.
        advice: &'static str,
    },
    /// A program that was run to its end did not succeed.
    #[error("{program} failed ({status}): {output}")]
    Command {
        /// The program, with the arguments that matter.
        program: String,
        /// How it ended.
        status: String,
        /// The end of what it printed.
        output: String,
    },
    /// A program did not end in time and was killed.
    #[error("{program} did not end within {limit:?}: {output}")]
    Timeout {
        /// The program, with the arguments that matter.
        program: String,
        /// How long it was given.
        limit: Duration,
        /// The end of what it had printed.
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
        /// What it failed to do.
        reason: String,
        /// The last lines of its log.
        log_tail: String,
    },
    /// The witness ran but printed no JSON value on its last line.
    #[error("the witness script printed no JSON value on its last line: {source}; it printed: {output}")]
    Answer {
        /// What the JSON parser said.
        source: serde_json::Error,
        /// The end of what the script printed.
        output: String,
    },
    /// A value could not be turned into JSON for a script.
    #[error("cannot pass the value to the script as JSON: {source}")]
    Question {
        /// What the serializer said.
        source: serde_json::Error,
    },
    /// A data file is not what it should be.
    #[error("{}: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// Names what was attempted when an [`io::Result`] fails.
pub(crate) trait Attempt<T> {
    /// Turns an I/O error into an [`Error`] that says `cannot {action}`.
    fn attempt(self, action: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, action: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::Io { action: action(), source })
    }
}
