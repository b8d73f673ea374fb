//! From failures of the object store and of Parquet to the error of core.

use std::fmt::Display;

use milvus_backup_core::Error;
use object_store::Error as StoreError;

/// A failure to `action` the object at `path`.
pub(crate) fn storage(action: &str, path: impl Display, source: StoreError) -> Error {
    let permission = matches!(source, StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })
        || io_kind(&source) == Some(std::io::ErrorKind::PermissionDenied);
    let retryable = !permission
        && !matches!(
            source,
            StoreError::NotFound { .. }
                | StoreError::InvalidPath { .. }
                | StoreError::NotSupported { .. }
                | StoreError::NotImplemented { .. }
                | StoreError::AlreadyExists { .. }
                | StoreError::Precondition { .. }
        );
    Error::Storage {
        action: action.to_owned(),
        path: format!("{path}"),
        permission,
        retryable,
        source: Box::new(source),
    }
}

/// The failure of the operating system underneath, if there is one.
fn io_kind(error: &StoreError) -> Option<std::io::ErrorKind> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
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
    Error::Encoding { action: "finish a background task".to_owned(), source: Box::new(source) }
}
