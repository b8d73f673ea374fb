//! Why a digest could not be made or compared.

use std::io;
use std::path::PathBuf;

use milvus_backup_core::ChecksumAlgorithm;

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a digest could not be made or compared. A digest that merely differs is not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file or directory.
    #[error("`{}` does not exist", .path.display())]
    NotFound {
        /// The path that was asked for.
        path: PathBuf,
    },

    /// Reading a file or directory failed.
    #[error("cannot {action} `{}`", .path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The failure of the operating system.
        source: io::Error,
    },

    /// Reading from the given stream failed.
    #[error("cannot read the stream")]
    Read {
        /// The failure of the reader.
        source: io::Error,
    },

    /// A path may not be part of a directory digest.
    #[error("`{}` is {kind}, which has no digest", .path.display())]
    UnsupportedFile {
        /// The path.
        path: PathBuf,
        /// What it is, with its article: "a symbolic link".
        kind: &'static str,
    },

    /// A text is no digest of the algorithm.
    #[error("`{text}` is not a {algorithm} digest: {reason}")]
    MalformedDigest {
        /// The algorithm that was asked for.
        algorithm: ChecksumAlgorithm,
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A text is no row digest.
    #[error("`{text}` is not a row digest: it must be 32 hexadecimal digits")]
    MalformedRowDigest {
        /// The text.
        text: String,
    },

    /// Rows of this type have no digest.
    #[error("column `{column}` has type {data_type}, for which there is no row digest")]
    UnsupportedType {
        /// The column, for nested types the member of the struct.
        column: String,
        /// The Arrow type.
        data_type: String,
    },

    /// Two columns, or two members of one struct, have the same name.
    #[error("there are two columns named `{column}`, so rows have no digest")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
}
