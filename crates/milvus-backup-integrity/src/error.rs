//! The reasons why a digest cannot be computed or compared.

use std::io;
use std::path::PathBuf;

use milvus_backup_core::ChecksumAlgorithm;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why a digest cannot be computed or compared. A digest that merely differs is not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or directory does not exist.
    #[error("`{}` does not exist", .path.display())]
    NotFound {
        /// The path that was requested.
        path: PathBuf,
    },

    /// Reading a file or directory failed.
    #[error("cannot {action} `{}`", .path.display())]
    Io {
        /// The action that failed, such as `read`.
        action: &'static str,
        /// The path of the file or directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// Reading from the given stream failed.
    #[error("cannot read the stream")]
    Read {
        /// The error of the reader.
        source: io::Error,
    },

    /// A path cannot be part of a directory digest.
    #[error("`{}` is {kind}, which has no digest", .path.display())]
    UnsupportedFile {
        /// The path of the file.
        path: PathBuf,
        /// The kind of the file, with its article: "a symbolic link".
        kind: &'static str,
    },

    /// A text is not a digest of the algorithm.
    #[error("`{text}` is not a {algorithm} digest: {reason}")]
    MalformedDigest {
        /// The algorithm that was requested.
        algorithm: ChecksumAlgorithm,
        /// The text that was given.
        text: String,
        /// A description of the fault.
        reason: String,
    },

    /// A text is not a row digest.
    #[error("`{text}` is not a row digest: it must be 32 hexadecimal digits")]
    MalformedRowDigest {
        /// The text that was given.
        text: String,
    },

    /// Rows with this type have no digest.
    #[error("column `{column}` has type {data_type}, for which there is no row digest")]
    UnsupportedType {
        /// Name of the column; for nested types, of the member of the struct.
        column: String,
        /// The Arrow type of the column.
        data_type: String,
    },

    /// Two columns, or two members of one struct, have the same name.
    #[error("there are two columns named `{column}`, so rows have no digest")]
    DuplicateColumn {
        /// The name that occurs twice.
        column: String,
    },
}
