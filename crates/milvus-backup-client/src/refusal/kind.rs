//! The meaning of a refusal.

use milvus_backup_core::ServerLimit;

/// The meaning of a refusal, independent of the server's code and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The server receives more calls, rows or bytes than it is configured to accept at once.
    RateLimited,
    /// A message was larger than the server or this client allows.
    TooLarge,
    /// A response exceeded the limit that this client set, and was not read.
    OverLimit,
    /// A query requested more rows than the server allows (`offset + limit`).
    OverWindow {
        /// The maximum number of rows of a query, if the server reports it.
        allowed: Option<usize>,
    },
    /// The collection or the partition is not in memory.
    NotLoaded,
    /// The database does not exist.
    DatabaseNotFound,
    /// The collection, or the alias, does not exist.
    CollectionNotFound,
    /// The partition does not exist.
    PartitionNotFound,
    /// The index does not exist.
    IndexNotFound,
    /// The expression of a query cannot be parsed.
    Unparsable,
    /// A segment lacks the values of a vector field.
    WithoutRawData,
    /// The collection has policies for its rows, and the call names no principal to which they apply.
    RowsProtected,
    /// A limit in the configuration of the server is reached.
    ServerLimit(ServerLimit),
    /// The credentials are missing or wrong.
    NotAuthenticated,
    /// The user lacks a privilege for the call.
    NotPermitted,
    /// The server does not support the call.
    Unsupported,
    /// There was no response: the server may have performed the operation.
    Unreachable,
    /// The server that responded is not Milvus.
    NotMilvus,
    /// Any other transient failure.
    Transient,
    /// Any other permanent failure.
    Other,
}

impl RefusalKind {
    /// Returns whether the same call may succeed later, judging by the kind alone.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::RateLimited | Self::Transient | Self::Unreachable)
    }

    /// Returns whether the server rejected this particular request, and not the user, the database, or all calls of its
    /// kind.
    pub(crate) fn is_of_the_request(self) -> bool {
        match self {
            Self::RateLimited
            | Self::TooLarge
            | Self::OverLimit
            | Self::OverWindow { .. }
            | Self::NotLoaded
            | Self::CollectionNotFound
            | Self::PartitionNotFound
            | Self::IndexNotFound
            | Self::Unparsable
            | Self::WithoutRawData
            | Self::RowsProtected
            | Self::Transient
            | Self::Other => true,
            Self::DatabaseNotFound
            | Self::ServerLimit(_)
            | Self::NotAuthenticated
            | Self::NotPermitted
            | Self::Unsupported
            | Self::Unreachable
            | Self::NotMilvus => false,
        }
    }
}
