//! The conversion of failures of object stores and disks to the error of core.
//!
//! Public for the crates that call an object store directly, so that every failure is classified alike.

use std::fmt::Display;
use std::io;

use milvus_backup_core::{Error, Result};
use object_store::Error as StoreError;

use crate::service_error::{
    Failure, has_expired_credentials, is_missing_bucket, is_of_service, is_without_tls, kept_object, status,
};

/// Returns the error for a failure to `action` the object at `path`. That of a service has no secrets in it.
pub fn storage(action: &str, path: impl Display, source: StoreError) -> Error {
    Error::Storage {
        action: action.to_owned(),
        path: format!("{path}"),
        permission: is_permission(&source),
        retryable: is_transient(&source),
        source: match Failure::of_service(&source) {
            Some(failure) => Box::new(failure),
            None => Box::new(source),
        },
    }
}

/// Returns whether a conditional create failed because of another process: the object already existed, or its
/// directory, which was empty, was removed concurrently.
pub fn is_conflict(error: &Error) -> bool {
    let Error::Storage { source, .. } = error else { return false };
    if let Some(failure) = source.downcast_ref::<Failure>() {
        return failure.is_conflict();
    }
    let Some(source) = source.downcast_ref::<StoreError>() else { return false };
    exists_already(source) || io_kind(source) == Some(io::ErrorKind::NotFound)
}

/// Returns whether a read failed because the object does not exist any more, or is another one by now.
pub fn is_gone(error: &Error) -> bool {
    let Error::Storage { source, .. } = error else { return false };
    if let Some(failure) = source.downcast_ref::<Failure>() {
        return failure.is_gone();
    }
    source.downcast_ref::<StoreError>().is_some_and(is_gone_from_store)
}

/// Returns whether the store has no such object, or has another one than the request demands.
pub(crate) fn is_gone_from_store(error: &StoreError) -> bool {
    matches!(error, StoreError::NotFound { .. } | StoreError::Precondition { .. })
        || io_kind(error) == Some(io::ErrorKind::NotFound)
}

/// Returns whether a conditional create failed because there is an object already.
pub(crate) fn exists_already(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists { .. } | StoreError::Precondition { .. } | StoreError::NotModified { .. })
}

/// Returns whether a call that failed with this may succeed after a short delay, and was not yet retried by the client.
pub(crate) fn may_be_repeated(error: &Error) -> bool {
    let Error::Storage { retryable: true, source, .. } = error else { return false };
    source.downcast_ref::<Failure>().is_some_and(|failure| !failure.was_retried())
}

fn is_permission(error: &StoreError) -> bool {
    matches!(error, StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })
        || io_kind(error) == Some(io::ErrorKind::PermissionDenied)
        || matches!(status(error), Some(401 | 403))
        || has_expired_credentials(error)
        || kept_object(error).is_some_and(|code| code == "AccessDenied")
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
    !permanent
        && !is_permission(error)
        && !is_missing_bucket(error)
        && !is_without_tls(error)
        && status(error).is_none_or(|status| status >= 500 && status != 501 || matches!(status, 408 | 429))
        && io_kind(error).is_none_or(|kind| !PERMANENT.contains(&kind))
}

/// Returns whether a service behind a network failed, as opposed to an object that is missing or too short.
pub fn is_failed_service(error: &StoreError) -> bool {
    is_of_service(error) && !matches!(error, StoreError::NotFound { .. }) && status(error) != Some(416)
}

/// Returns whether the service does not have the call.
pub(crate) fn is_unsupported(error: &StoreError) -> bool {
    matches!(error, StoreError::NotSupported { .. } | StoreError::NotImplemented { .. })
        || matches!(status(error), Some(405 | 501))
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
