//! The classification of refusals by their codes and messages.

use milvus::proto::common::ErrorCode;
use milvus_backup_core::{ServerLimit, Source};
use tonic::{Code, Status};

use super::kind::RefusalKind;
use super::texts::kind_of_text;
use super::transport_failure::TransportFailure;

/// A refusal, with the code space that its code belongs to.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// The call itself failed: in gRPC, or in a proxy in front of Milvus.
    Grpc(Status),
    /// The response has a code of Milvus 2.3 or later (`merr`).
    Milvus {
        /// The code in Milvus' own list.
        code: i32,
        /// The message of the server.
        reason: String,
        /// Whether the server reports that the same call may succeed later.
        retriable: bool,
    },
    /// The response has only a code of Milvus before 2.3 (`ErrorCode`).
    Legacy {
        /// The number of an [`ErrorCode`].
        code: i32,
        /// The message of the server.
        reason: String,
    },
}

/// The codes of Milvus 2.3 and later that identify the failure. The SDK has no constants for them.
///
/// Measured on Milvus 2.3.5 and Milvus Lite 3.2.2: 100, 101, 200 and 700. Measured on Milvus 2.3.5: 8, 102 and 201. The
/// others follow the list of errors in the sources of Milvus (`merr`).
const MILVUS_CODES: &[(i32, RefusalKind)] = &[
    (8, RefusalKind::RateLimited),
    (100, RefusalKind::CollectionNotFound),
    (101, RefusalKind::NotLoaded),
    (102, RefusalKind::ServerLimit(ServerLimit::Collections)),
    (200, RefusalKind::PartitionNotFound),
    (201, RefusalKind::NotLoaded),
    (700, RefusalKind::IndexNotFound),
    (800, RefusalKind::DatabaseNotFound),
    (1400, RefusalKind::NotAuthenticated),
    (1401, RefusalKind::NotPermitted),
];

/// The codes of servers before Milvus 2.3.
const LEGACY_CODES: &[(ErrorCode, RefusalKind)] = &[
    (ErrorCode::RateLimit, RefusalKind::RateLimited),
    (ErrorCode::CollectionNotExists, RefusalKind::CollectionNotFound),
    (ErrorCode::CollectionNameNotFound, RefusalKind::CollectionNotFound),
    (ErrorCode::IndexNotExist, RefusalKind::IndexNotFound),
    (ErrorCode::PermissionDenied, RefusalKind::NotPermitted),
];

impl Refusal {
    /// Returns the meaning of the refusal: by its code if that identifies it, and by its message otherwise.
    pub(crate) fn kind(&self) -> RefusalKind {
        let by_words = kind_of_text(self.reason());
        let kind = self.kind_of_code().or(by_words).unwrap_or(RefusalKind::Other);
        match (kind, by_words) {
            // gRPC has one code for too many calls and for a call that is too large.
            (RefusalKind::RateLimited, Some(RefusalKind::TooLarge)) => RefusalKind::TooLarge,
            // Milvus before 2.3 has one code for both.
            (RefusalKind::CollectionNotFound, _) if self.is_legacy() && self.reason().contains("partition") => {
                RefusalKind::PartitionNotFound
            }
            (kind, _) => kind,
        }
    }

    /// Returns the kind that the code stands for in its own space.
    fn kind_of_code(&self) -> Option<RefusalKind> {
        match self {
            Self::Grpc(status) => kind_of_status(status),
            Self::Milvus { code, .. } => MILVUS_CODES.iter().find(|(known, _)| known == code).map(|(_, kind)| *kind),
            Self::Legacy { code, .. } => {
                LEGACY_CODES.iter().find(|(known, _)| *known as i32 == *code).map(|(_, kind)| *kind)
            }
        }
    }

    fn is_legacy(&self) -> bool {
        matches!(self, Self::Legacy { .. })
    }

    /// Returns whether the same call may succeed later.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Milvus { retriable: true, .. }) || self.kind().may_pass()
    }

    /// Returns the message of the server.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Grpc(status) => status.message(),
            Self::Milvus { reason, .. } | Self::Legacy { reason, .. } => reason,
        }
    }

    /// Returns the evidence that the server is not Milvus.
    pub(super) fn why_not_milvus(&self) -> String {
        match self {
            Self::Grpc(status) if is_not_http_2(status) => "its response is not HTTP/2".to_owned(),
            other => other.reason().to_owned(),
        }
    }

    /// Returns the failure of the connection, as the cause of an error.
    pub(super) fn into_source(self) -> Source {
        match self {
            Self::Grpc(status) => Box::new(TransportFailure(status)),
            Self::Milvus { reason, .. } | Self::Legacy { reason, .. } => reason.into(),
        }
    }

    /// Returns the number of the code, for messages.
    pub(super) fn code(&self) -> i32 {
        match self {
            Self::Grpc(status) => status.code() as i32,
            Self::Milvus { code, .. } | Self::Legacy { code, .. } => *code,
        }
    }
}

/// Returns the kind that a status of gRPC stands for.
fn kind_of_status(status: &Status) -> Option<RefusalKind> {
    Some(match status.code() {
        _ if is_not_http_2(status) => RefusalKind::NotMilvus,
        Code::Unavailable => RefusalKind::Unreachable,
        _ if is_without_grpc_status(status.message()) => RefusalKind::NotMilvus,
        Code::Unauthenticated => RefusalKind::NotAuthenticated,
        Code::PermissionDenied => RefusalKind::NotPermitted,
        Code::Unimplemented => RefusalKind::Unsupported,
        // A connection that broke during a response; a status of the server has no source.
        Code::Unknown | Code::Internal if std::error::Error::source(status).is_some() => RefusalKind::Unreachable,
        Code::ResourceExhausted => RefusalKind::RateLimited,
        Code::OutOfRange => RefusalKind::OverLimit,
        Code::Aborted | Code::Cancelled | Code::DeadlineExceeded => RefusalKind::Transient,
        _ => return None,
    })
}

/// Returns whether the message of a status means that the response was HTTP, but not gRPC.
fn is_without_grpc_status(message: &str) -> bool {
    message.starts_with("grpc-status header missing") || message.contains("invalid compression flag")
}

/// Returns whether a call failed because the response was not HTTP/2: read as a frame, a line of HTTP/1 has an invalid
/// size.
fn is_not_http_2(status: &Status) -> bool {
    let causes = std::iter::successors(std::error::Error::source(status), |error| error.source());
    causes.into_iter().any(|error| error.to_string().contains("frame with invalid size"))
}
