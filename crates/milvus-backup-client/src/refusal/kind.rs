//! What a refusal means.

use milvus_backup_core::ServerLimit;

/// What a refusal means, whatever code and words the server has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The server gets more calls, rows or bytes than it is set up to take at once.
    RateLimited,
    /// A message was larger than the server or this client lets through.
    TooLarge,
    /// A response was larger than this client wanted it, and was not read.
    OverLimit,
    /// A query asked for more rows than the server allows (`offset + limit`), which may say how many it allows.
    OverWindow {
        /// The most rows that a query may ask for.
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
    /// A segment does not have the values of a vector field.
    WithoutRawData,
    /// A limit in the configuration of the server is reached.
    ServerLimit(ServerLimit),
    /// The credentials are missing or wrong.
    NotAuthenticated,
    /// The user lacks a privilege.
    NotPermitted,
    /// The server does not have the call.
    Unsupported,
    /// Nobody answered: the server may have done what was asked for.
    Unreachable,
    /// What answered is not Milvus.
    NotMilvus,
    /// Something else, which may pass.
    Transient,
    /// Something else, for good.
    Other,
}

impl RefusalKind {
    /// Returns whether the same call may succeed later, as far as the kind tells.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::RateLimited | Self::Transient | Self::Unreachable)
    }

    /// Returns whether the server refuses this very request, and not this user, this database, or calls of its kind.
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
