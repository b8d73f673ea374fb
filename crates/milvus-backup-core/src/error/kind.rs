//! What the caller of a failed operation should do, and whether the same call may succeed later.

use super::variants::Error;

/// What the caller of a failed operation should do. Each kind of the command has its own exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// None of the others: read the message.
    Failed,
    /// Correct the call.
    InvalidParameter,
    /// Name a backup, collection or partition that exists.
    NotFound,
    /// Wait for the other operation.
    InProgress,
    /// Correct the credentials.
    Authentication,
    /// Do not trust the backup.
    Corrupted,
    /// Bring Milvus up.
    Unreachable,
    /// Use a server, backend or version that can do it.
    Unsupported,
    /// Confirm, or choose another way.
    Refused,
    /// Make room.
    InsufficientStorage,
    /// Look at the store.
    Storage,
    /// Look at the machine: this program did not get what it needs of it.
    Internal,
    /// Give more time.
    DeadlineExceeded,
    /// Nothing: it was asked to stop.
    Interrupted,
}

impl ErrorKind {
    /// The kind in snake case, as printed by `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::InvalidParameter => "invalid_parameter",
            Self::NotFound => "not_found",
            Self::InProgress => "in_progress",
            Self::Authentication => "authentication",
            Self::Corrupted => "corrupted",
            Self::Unreachable => "unreachable",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::InsufficientStorage => "insufficient_storage",
            Self::Storage => "storage",
            Self::Internal => "internal",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Whether a disk or a quota that is full is among the causes.
pub(super) fn is_full(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>();
        if inner.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded)) {
            return true;
        }
        // What an I/O error wraps is its cause only from the second level on.
        cause = match inner.and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

impl Error {
    /// What the caller should do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.kind(),
            Self::InvalidParameter { .. }
            | Self::AmbiguousBackup { .. }
            | Self::CredentialsInAddress { .. }
            | Self::Configuration { .. } => ErrorKind::InvalidParameter,
            Self::InsufficientStorage { .. } => ErrorKind::InsufficientStorage,
            Self::Storage { source, .. } | Self::Encoding { source, .. } if is_full(source.as_ref()) => {
                ErrorKind::InsufficientStorage
            }
            Self::DatabaseNotFound { .. }
            | Self::CollectionNotFound { .. }
            | Self::PartitionNotFound { .. }
            | Self::LiteDatabaseNotFound { .. }
            | Self::BackupNotFound { .. }
            | Self::NoBackups { .. } => ErrorKind::NotFound,
            Self::BackupAlreadyExists { .. }
            | Self::CollectionChanged { .. }
            | Self::NotLoaded { .. }
            | Self::PartialReplacement { .. }
            | Self::TargetIsAlias { .. }
            | Self::TargetExists { .. }
            | Self::IndexRefused { .. }
            | Self::RowsIncompatible { .. }
            | Self::SchemaIncompatible { .. }
            | Self::Refused { .. } => ErrorKind::Refused,
            Self::InProgress { .. } | Self::LiteDatabaseOpen { .. } => ErrorKind::InProgress,
            Self::Corrupted { .. } | Self::RowsUnexplained { .. } => ErrorKind::Corrupted,
            Self::Unreachable { .. } | Self::NotMilvus { .. } | Self::LiteFailed { .. } => ErrorKind::Unreachable,
            Self::Authentication { .. } | Self::PermissionDenied { .. } => ErrorKind::Authentication,
            Self::Storage { .. } => ErrorKind::Storage,
            Self::Internal { .. } => ErrorKind::Internal,
            Self::DeadlineExceeded { .. } | Self::Stalled { .. } => ErrorKind::DeadlineExceeded,
            Self::Interrupted => ErrorKind::Interrupted,
            Self::Unsupported { .. } => ErrorKind::Unsupported,
            Self::UnsupportedFormatVersion { .. }
            | Self::Milvus { .. }
            | Self::ServerLimit { .. }
            | Self::Protocol { .. }
            | Self::Encoding { .. } => ErrorKind::Failed,
        }
    }

    /// Whether the same operation may succeed when it is tried again.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.retryable(),
            Self::Storage { source, .. } if is_full(source.as_ref()) => false,
            Self::Milvus { retryable, .. } | Self::Storage { retryable, .. } => *retryable,
            Self::Unreachable { .. }
            | Self::InProgress { .. }
            | Self::LiteDatabaseOpen { .. }
            | Self::Stalled { .. } => true,
            _ => false,
        }
    }
}
