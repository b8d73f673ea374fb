//! The conversion of failures of object stores and disks to the error of core.
//!
//! Public for the crates that call an object store directly, so that every failure is classified alike.

use std::fmt::Display;
use std::io;

use milvus_backup_core::{Error, Result};
use object_store::Error as StoreError;

/// Returns the error for a failure to `action` the object at `path`.
pub fn storage(action: &str, path: impl Display, source: StoreError) -> Error {
    Error::Storage {
        action: action.to_owned(),
        path: format!("{path}"),
        permission: is_permission(&source),
        retryable: is_transient(&source),
        source: Box::new(source),
    }
}

/// Returns whether a conditional create failed because of another process: the object already existed, or its
/// directory, which was empty, was removed concurrently.
pub fn is_conflict(error: &Error) -> bool {
    let Error::Storage { source, .. } = error else { return false };
    let Some(source) = source.downcast_ref::<StoreError>() else { return false };
    matches!(source, StoreError::AlreadyExists { .. } | StoreError::Precondition { .. })
        || io_kind(source) == Some(io::ErrorKind::NotFound)
}

fn is_permission(error: &StoreError) -> bool {
    matches!(error, StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })
        || io_kind(error) == Some(io::ErrorKind::PermissionDenied)
}

/// Returns whether the same call may succeed after a short delay.
pub fn is_transient(error: &StoreError) -> bool {
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

/// Failures of a file system that do not disappear within seconds without intervention.
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

/// Returns the underlying failure of the operating system, if there is one.
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

/// Wraps a failure of a disk as one of a store.
pub fn of_disk(source: io::Error) -> StoreError {
    StoreError::Generic { store: "file", source: Box::new(source) }
}

/// Returns the error for a backup that contradicts itself, with the name of the file.
pub fn corrupted(backup: impl Display, file: &str, message: impl Display) -> Error {
    Error::Corrupted {
        backup: format!("{backup}"),
        message: format!("{file}: {message}"),
        failed_files: vec![file.to_owned()],
    }
}

/// Runs `work` on a blocking thread, and returns its result.
///
/// # Errors
/// [`Error::Internal`] if the task is lost, because it panicked or the runtime was shut down.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|source| Error::Internal { action: "finish a background task".to_owned(), source: Box::new(source) })
}
