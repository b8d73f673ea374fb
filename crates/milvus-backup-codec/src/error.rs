//! The reasons why compression or decompression fails.

use std::io;
use std::path::{Path, PathBuf};

use crate::codec::Codec;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why compression or decompression failed. No variant leaves an output behind.
///
/// [`Decoder`](crate::Decoder) implements [`Read`](io::Read): there, the variants [`Corrupt`](Self::Corrupt) and
/// [`TooLarge`](Self::TooLarge) are wrapped in the [`io::Error`], and `Error::from` unwraps them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The level is outside its limits.
    #[error("compression level {level} is not from 1 to 9")]
    InvalidLevel {
        /// The level that was given.
        level: u8,
    },

    /// The input is damaged, truncated, or continues after its end.
    #[error("damaged {codec} data")]
    Corrupt {
        /// The format of the input.
        codec: Codec,
        /// The error that the codec detected.
        source: io::Error,
    },

    /// The input does not start like any format of [`Codec`].
    #[error("neither zstd nor lz4 nor gzip data: it begins with {}", listing(.start))]
    UnknownFormat {
        /// The first bytes of the input, four at most.
        start: Vec<u8>,
    },

    /// The input starts like another format than the requested one.
    #[error("not {expected} data: it begins with {}", listing(.start))]
    OtherFormat {
        /// The format that was requested, or that the extension of the file names.
        expected: Codec,
        /// The first bytes of the input, four at most.
        start: Vec<u8>,
    },

    /// There is more data than the caller allowed.
    #[error("the decompressed data is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },

    /// Compressing or decompressing this file failed.
    #[error("cannot {action} `{}`", .path.display())]
    File {
        /// The action that failed, such as `compress`.
        action: &'static str,
        /// The path of the input.
        path: PathBuf,
        /// The error of the action.
        source: Box<Error>,
    },

    /// The file does not exist.
    #[error("`{}` does not exist", .path.display())]
    NotFound {
        /// The path that was requested.
        path: PathBuf,
    },

    /// The output exists, and is not changed.
    #[error("`{}` already exists", .path.display())]
    OutputExists {
        /// The path of the output.
        path: PathBuf,
    },

    /// The name of the input does not determine the name of the output.
    #[error("`{}` does not end in .zst, .lz4 or .gz, so the output must be named", .path.display())]
    NoExtension {
        /// The path of the input.
        path: PathBuf,
    },

    /// An I/O error of the operating system, or of the caller's reader or writer.
    #[error("input or output failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for Error {
    /// Unwraps the error of this crate that a [`Decoder`](crate::Decoder) wrapped; otherwise returns [`Error::Io`].
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Io)
    }
}

impl From<Error> for io::Error {
    /// Wraps an error of this crate in the error that a [`Read`](io::Read) returns.
    fn from(error: Error) -> Self {
        match error {
            Error::Io(source) => source,
            Error::TooLarge { .. } => Self::new(io::ErrorKind::FileTooLarge, error),
            _ => Self::new(io::ErrorKind::InvalidData, error),
        }
    }
}

impl Error {
    /// Adds the path of the file and the failed action.
    pub(crate) fn in_file(self, action: &'static str, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            named @ (Self::File { .. }
            | Self::NotFound { .. }
            | Self::OutputExists { .. }
            | Self::NoExtension { .. }) => named,
            other => Self::File { action, path, source: Box::new(other) },
        }
    }
}

fn listing(start: &[u8]) -> String {
    match start {
        [] => "nothing".to_owned(),
        bytes => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
    }
}
