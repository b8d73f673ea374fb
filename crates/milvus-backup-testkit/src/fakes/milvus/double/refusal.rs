//! Refusals as they go over the wire, and what the in-memory Milvus refuses in that form.

use milvus::proto::common::Status;
use milvus_backup_core::{Error, ServerLimit};

use crate::fakes::milvus::refusals::{INVALID_PARAMETER, UNEXPECTED};

/// `ErrCollectionNotFound`, `ErrCollectionNotLoaded`, `ErrCollectionNumLimitExceeded` and `ErrIndexNotFound` of Milvus'
/// `merr`.
const COLLECTION_NOT_FOUND: i32 = 100;
const COLLECTION_NOT_LOADED: i32 = 101;
const TOO_MANY_COLLECTIONS: i32 = 102;
const INDEX_NOT_FOUND: i32 = 700;

/// What `error_code` says of a refusal, beside its code: `ErrorCode.UnexpectedError`.
const LEGACY_UNEXPECTED: i32 = 1;

/// A call that is not answered as it was asked.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// In the status of the answer.
    Milvus(Status),
    /// In the status of gRPC.
    Grpc(tonic::Status),
}

pub(super) type Answer<T> = Result<T, Refusal>;

/// Returns a refusal with one of Milvus' codes.
#[expect(deprecated, reason = "servers fill both")]
pub(super) fn coded(code: i32, reason: impl Into<String>, retriable: bool) -> Refusal {
    Refusal::Milvus(Status {
        code,
        reason: reason.into(),
        retriable,
        error_code: LEGACY_UNEXPECTED,
        ..Status::default()
    })
}

/// Returns a refusal of a parameter: `ErrParameterInvalid`.
pub(super) fn invalid(reason: impl Into<String>) -> Refusal {
    coded(INVALID_PARAMETER, reason, false)
}

/// Returns a refusal for which no source names a code.
pub(super) fn unexpected(reason: impl Into<String>) -> Refusal {
    coded(UNEXPECTED, reason, false)
}

/// Refuses a call that this release does not have.
pub(super) fn unimplemented(call: &str) -> Refusal {
    Refusal::Grpc(tonic::Status::unimplemented(format!(
        "unknown method {call} for service milvus.proto.milvus.MilvusService"
    )))
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Milvus { code, message, retryable, .. } => coded(code, message, retryable),
            Error::CollectionNotFound { collection, database, .. } => coded(
                COLLECTION_NOT_FOUND,
                format!("collection not found[database={database}][collection={collection}]"),
                false,
            ),
            Error::ServerLimit { limit: ServerLimit::Collections, message } => {
                coded(TOO_MANY_COLLECTIONS, message, false)
            }
            Error::ServerLimit { message, .. } => unexpected(message),
            Error::PermissionDenied { message, .. } => Self::Grpc(tonic::Status::permission_denied(message)),
            Error::Unsupported { what } => unimplemented(&what),
            error => invalid(error.full_message()),
        }
    }
}

/// Returns the refusal of a read: what the client says of a released collection is this code of the server.
pub(super) fn of_read(error: Error) -> Refusal {
    match error {
        Error::Refused { .. } => coded(COLLECTION_NOT_LOADED, "collection not loaded", false),
        error => error.into(),
    }
}

/// Returns the refusal of a load: what the client says of a missing index is this code of the server.
pub(super) fn of_load(error: Error) -> Refusal {
    match error {
        Error::Refused { .. } => coded(INDEX_NOT_FOUND, "there is no vector index on field: index not found", false),
        error => error.into(),
    }
}

/// Refuses a description where there is no index: `ErrIndexNotFound`.
pub(super) fn no_index(collection: &str) -> Refusal {
    coded(INDEX_NOT_FOUND, format!("index not found[collection={collection}]"), false)
}

/// Refuses a collection that is not in memory: `ErrCollectionNotLoaded`.
pub(super) fn not_loaded(collection: &str) -> Refusal {
    coded(COLLECTION_NOT_LOADED, format!("collection not loaded[collection={collection}]"), false)
}

/// Refuses a collection that is being loaded: `ErrCollectionNotFullyLoaded`, which may be tried again.
pub(super) fn not_fully_loaded(collection: &str) -> Refusal {
    coded(103, format!("collection not fully loaded[collection={collection}]"), true)
}
