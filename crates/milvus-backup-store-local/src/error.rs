//! From failures of the object store and of Parquet to the error of core.

use std::fmt::Display;
use std::io;

use milvus_backup_core::Error;
use object_store::Error as StoreError;

/// A failure to `action` the object at `path`.
pub(crate) fn storage(action: &str, path: impl Display, source: StoreError) -> Error {
    Error::Storage {
        action: action.to_owned(),
        path: format!("{path}"),
        permission: is_permission(&source),
        retryable: is_transient(&source),
        source: Box::new(source),
    }
}

/// Whether a conditional create failed because of another process: there was an object already, or the directory around
/// it, which was empty, was removed just then.
pub(crate) fn is_conflict(error: &Error) -> bool {
    let Error::Storage { source, .. } = error else { return false };
    let Some(source) = source.downcast_ref::<StoreError>() else { return false };
    matches!(source, StoreError::AlreadyExists { .. } | StoreError::Precondition { .. })
        || io_kind(source) == Some(io::ErrorKind::NotFound)
}

fn is_permission(error: &StoreError) -> bool {
    matches!(error, StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })
        || io_kind(error) == Some(io::ErrorKind::PermissionDenied)
}

/// Whether the same call may succeed a little later.
pub(crate) fn is_transient(error: &StoreError) -> bool {
    let permanent = matches!(
        error,
        StoreError::NotFound { .. }
            | StoreError::InvalidPath { .. }
            | StoreError::NotSupported { .. }
            | StoreError::NotImplemented { .. }
            | StoreError::AlreadyExists { .. }
            | StoreError::Precondition { .. }
            | StoreError::NotModified { .. }
            | StoreError::UnknownConfigurationKey { .. }
    );
    !permanent && !is_permission(error) && io_kind(error).is_none_or(|kind| !PERMANENT.contains(&kind))
}

/// Failures of a file system that do not pass by themselves within seconds.
const PERMANENT: &[io::ErrorKind] = &[
    io::ErrorKind::AlreadyExists,
    io::ErrorKind::FileTooLarge,
    io::ErrorKind::InvalidFilename,
    io::ErrorKind::InvalidInput,
    io::ErrorKind::IsADirectory,
    io::ErrorKind::NotADirectory,
    io::ErrorKind::NotFound,
    io::ErrorKind::QuotaExceeded,
    io::ErrorKind::ReadOnlyFilesystem,
    io::ErrorKind::StorageFull,
    io::ErrorKind::Unsupported,
];

/// The failure of the operating system underneath, if there is one.
fn io_kind(error: &StoreError) -> Option<io::ErrorKind> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

/// A failure of a disk as one of a store.
pub(crate) fn of_disk(source: io::Error) -> StoreError {
    StoreError::Generic { store: "file", source: Box::new(source) }
}

/// A failure to encode or decode rows.
pub(crate) fn encoding(action: impl Into<String>) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
    let action = action.into();
    move |source| Error::Encoding { action, source: Box::new(source) }
}

/// A backup that contradicts itself.
pub(crate) fn corrupted(backup: impl Display, file: &str, message: impl Display) -> Error {
    Error::Corrupted {
        backup: format!("{backup}"),
        message: format!("{file}: {message}"),
        failed_files: vec![file.to_owned()],
    }
}

/// A blocking task that did not come back: it was aborted, or it panicked.
pub(crate) fn lost_task(source: tokio::task::JoinError) -> Error {
    Error::Internal { action: "finish a background task".to_owned(), source: Box::new(source) }
}
