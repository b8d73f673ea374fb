//! The action that a failed operation calls for, and whether the same call may succeed later.

use super::variants::Error;

/// The action that a failed operation calls for. Each kind has its own exit code in the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No other kind applies: the message describes the failure.
    Failed,
    /// The caller should correct the parameters.
    InvalidParameter,
    /// The caller should name a backup, collection or partition that exists.
    NotFound,
    /// The caller should wait for another operation.
    InProgress,
    /// The caller should correct the credentials.
    Authentication,
    /// The backup is damaged and must not be trusted.
    Corrupted,
    /// Milvus is not reachable and should be started.
    Unreachable,
    /// The caller should use a server, backend or version that supports the operation.
    Unsupported,
    /// The caller should confirm, or choose another way.
    Refused,
    /// The store needs more free space.
    InsufficientStorage,
    /// The store failed and should be checked.
    Storage,
    /// The machine failed to provide a resource that this program needs, such as a thread.
    Internal,
    /// The operation needs more time.
    DeadlineExceeded,
    /// No action is needed: the operation was interrupted on request.
    Interrupted,
}

impl ErrorKind {
    /// Returns the kind in snake case, as printed by `--json`.
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

/// Returns whether a full disk or an exhausted quota is among the causes.
pub(super) fn is_full(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>();
        if inner.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded)) {
            return true;
        }
        // The error inside an I/O error is its cause only from the second level on.
        cause = match inner.and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

impl Error {
    /// Returns the action that the error calls for.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.kind(),
            Self::InvalidParameter { .. }
            | Self::AmbiguousBackup { .. }
            | Self::CredentialsInAddress { .. }
            | Self::Configuration { .. }
            | Self::InvalidSetting { .. } => ErrorKind::InvalidParameter,
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
            | Self::UnsafeStorage { .. }
            | Self::Refused { .. } => ErrorKind::Refused,
            Self::InProgress { .. } | Self::LiteDatabaseOpen { .. } => ErrorKind::InProgress,
            Self::Corrupted { .. }
            | Self::ArchiveDamaged { .. }
            | Self::LogDamaged { .. }
            | Self::RowsUnexplained { .. } => ErrorKind::Corrupted,
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
            | Self::SegmentsUnsettled { .. }
            | Self::Encoding { .. } => ErrorKind::Failed,
        }
    }

    /// Returns whether the same operation may succeed when it is retried.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.retryable(),
            Self::Storage { source, .. } if is_full(source.as_ref()) => false,
            Self::Milvus { retryable, .. } | Self::Storage { retryable, .. } => *retryable,
            Self::Unreachable { .. }
            | Self::InProgress { .. }
            | Self::LiteDatabaseOpen { .. }
            | Self::SegmentsUnsettled { .. }
            | Self::Stalled { .. } => true,
            _ => false,
        }
    }
}
