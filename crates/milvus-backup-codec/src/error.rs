//! Why something could not be compressed or decompressed.

use std::io;
use std::path::{Path, PathBuf};

use crate::codec::Codec;

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be compressed or decompressed. No variant leaves an output behind.
///
/// [`Decoder`](crate::Decoder) is a [`Read`](io::Read): there, the variants [`Corrupt`](Self::Corrupt) and
/// [`TooLarge`](Self::TooLarge) are inside the [`io::Error`], and `Error::from` brings them out again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The level is outside its limits.
    #[error("compression level {level} is not from 1 to 9")]
    InvalidLevel {
        /// The level that was given.
        level: u8,
    },

    /// The input is damaged, cut short, or goes on after its end.
    #[error("damaged {codec} data")]
    Corrupt {
        /// The format of the input.
        codec: Codec,
        /// What the codec found.
        source: io::Error,
    },

    /// The input does not begin like any format of [`Codec`].
    #[error("neither zstd nor lz4 nor gzip data: it begins with {}", listing(.start))]
    UnknownFormat {
        /// The first bytes of the input, four at most.
        start: Vec<u8>,
    },

    /// The input begins like another format than the one that was named.
    #[error("not {expected} data: it begins with {}", listing(.start))]
    OtherFormat {
        /// The format that was named, or that the extension of the file stands for.
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
        /// What was being done.
        action: &'static str,
        /// The input.
        path: PathBuf,
        /// What went wrong.
        source: Box<Error>,
    },

    /// There is no such file.
    #[error("`{}` does not exist", .path.display())]
    NotFound {
        /// The path that was asked for.
        path: PathBuf,
    },

    /// The output exists, and is left as it is.
    #[error("`{}` already exists", .path.display())]
    OutputExists {
        /// The output.
        path: PathBuf,
    },

    /// The name of the input does not tell the name of the output.
    #[error("`{}` does not end in .zst, .lz4 or .gz, so the output must be named", .path.display())]
    NoExtension {
        /// The input.
        path: PathBuf,
    },

    /// Reading or writing failed in the operating system or in the caller's reader or writer.
    #[error("input or output failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for Error {
    /// Brings out the error of this crate that a [`Decoder`](crate::Decoder) put in; else [`Error::Io`].
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Io)
    }
}

impl From<Error> for io::Error {
    /// The inverse: an error of this crate as what a [`Read`](io::Read) may return.
    fn from(error: Error) -> Self {
        match error {
            Error::Io(source) => source,
            Error::TooLarge { .. } => Self::new(io::ErrorKind::FileTooLarge, error),
            _ => Self::new(io::ErrorKind::InvalidData, error),
        }
    }
}

impl Error {
    /// Names the file with which it happened.
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
