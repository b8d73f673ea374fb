//! From the status inside an answer to an error.
//!
//! Milvus answers failed calls with gRPC success and a status message inside. Versions before 2.3 fill
//! `error_code`, later ones `code`; 2.3 and later fill both.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus_backup_core::{Error, Result, ServerLimit};

use crate::wire::QueryRows;

/// `ErrorCode` of the servers before 2.3 for a collection that does not exist.
const LEGACY_COLLECTION_NOT_EXISTS: i32 = 4;
const DATABASE_NOT_FOUND: i32 = 800;
const COLLECTION_NOT_FOUND: i32 = 100;
const COLLECTION_NOT_LOADED: i32 = 101;
const PARTITION_NOT_FOUND: i32 = 200;
const INDEX_NOT_FOUND: i32 = 700;
/// Also that of gRPC (`RESOURCE_EXHAUSTED`).
const RATE_LIMITED: i32 = 8;
/// `ErrorCode` of the servers before 2.3 for the same.
const LEGACY_RATE_LIMITED: i32 = 49;

/// The credentials are missing or wrong.
pub(crate) const NOT_AUTHENTICATED: i32 = 1400;
/// The user lacks a privilege.
pub(crate) const NOT_PERMITTED: i32 = 1401;
const TOO_MANY_COLLECTIONS: i32 = 102;

/// An answer that carries a status.
pub(crate) trait IntoStatus: Sized {
    fn status(&self) -> Option<&Status>;
}

impl IntoStatus for Status {
    fn status(&self) -> Option<&Status> {
        Some(self)
    }
}

impl IntoStatus for QueryRows {
    fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }
}

macro_rules! answers {
    ($($name:ident),+ $(,)?) => {
        $(impl IntoStatus for pb::$name {
            fn status(&self) -> Option<&Status> {
                self.status.as_ref()
            }
        })+
    };
}

answers!(
    AllocTimestampResponse,
    BoolResponse,
    ConnectResponse,
    DescribeCollectionResponse,
    DescribeDatabaseResponse,
    DescribeIndexResponse,
    FlushResponse,
    GetCollectionStatisticsResponse,
    GetImportStateResponse,
    GetFlushStateResponse,
    GetLoadStateResponse,
    GetLoadingProgressResponse,
    GetReplicasResponse,
    GetPartitionStatisticsResponse,
    GetPersistentSegmentInfoResponse,
    GetQuerySegmentInfoResponse,
    GetVersionResponse,
    ImportResponse,
    ListAliasesResponse,
    MutationResult,
    QueryResults,
    ShowCollectionsResponse,
    ShowPartitionsResponse,
);

/// The answer, or the error its status tells.
pub(crate) fn check<A: IntoStatus>(call: &'static str, answer: A) -> Result<A> {
    let Some(status) = answer.status() else { return Ok(answer) };
    #[expect(deprecated, reason = "servers before 2.3 fill nothing else")]
    let legacy = status.error_code;
    if status.code == 0 && legacy == 0 {
        return Ok(answer);
    }
    let code = if status.code == 0 { legacy } else { status.code };
    let retryable = status.retriable || [RATE_LIMITED, LEGACY_RATE_LIMITED].contains(&code);
    Err(refused(call, code, status.reason.clone(), retryable))
}

/// Milvus' refusal of a call.
pub(crate) fn refused(call: &str, code: i32, message: String, retryable: bool) -> Error {
    Error::Milvus { call: call.to_owned(), code, message, retryable }
}

/// A refusal for a reason that may pass, although the server does not say so.
pub(crate) fn may_pass(error: Error) -> Error {
    match error {
        Error::Milvus { call, code, message, .. } => Error::Milvus { call, code, message, retryable: true },
        error => error,
    }
}

/// The refusal of a server that a limit of its configuration is reached, as such. Most of them have no code of their own.
pub(crate) fn limited(error: Error) -> Error {
    let Error::Milvus { code, message, .. } = &error else { return error };
    let limit = if *code == TOO_MANY_COLLECTIONS || message.contains("exceeded the limit number of collections") {
        ServerLimit::Collections
    } else if message.contains("partition number (") && message.contains("exceeds max configuration") {
        ServerLimit::Partitions
    } else if message.contains("ength of a ") && message.contains(" must be less than ") {
        ServerLimit::NameLength
    } else if message.contains("maximum field's number should be limited to") {
        ServerLimit::Fields
    } else if message.contains("maximum shards's number should be limited to") {
        ServerLimit::Shards
    } else {
        return error;
    };
    Error::ServerLimit { limit, message: message.clone() }
}

/// Whether the message of a status means that the answer was HTTP, but not gRPC.
pub(crate) fn is_without_grpc_status(message: &str) -> bool {
    message.starts_with("grpc-status header missing") || message.contains("invalid compression flag")
}

/// Whether a call failed because the response was not HTTP/2: read as a frame, a line of HTTP/1 has an invalid size.
pub(crate) fn is_not_http_2(status: &tonic::Status) -> bool {
    let causes = std::iter::successors(std::error::Error::source(status), |error| error.source());
    causes.into_iter().any(|error| error.to_string().contains("frame with invalid size"))
}

/// Whether the error says that the database does not exist. Milvus Lite has no code of its own for that.
pub(crate) fn is_database_not_found(error: &Error) -> bool {
    matches!(error, Error::Milvus { code, message, .. }
        if *code == DATABASE_NOT_FOUND || (message.starts_with("database '") && message.ends_with("' does not exist")))
}

/// Whether the error says that the collection does not exist.
pub(crate) fn is_collection_not_found(error: &Error) -> bool {
    matches!(error, Error::Milvus { code, message, .. }
        if *code == COLLECTION_NOT_FOUND
            || (*code == LEGACY_COLLECTION_NOT_EXISTS && !message.contains("partition"))
            || message.contains("can't find collection")
            || message.contains("collection not found"))
}

/// Whether the error says that the partition does not exist.
pub(crate) fn is_partition_not_found(error: &Error) -> bool {
    matches!(error, Error::Milvus { code: PARTITION_NOT_FOUND, .. })
}

/// Whether the error says that the collection has no index.
pub(crate) fn is_index_not_found(error: &Error) -> bool {
    matches!(error, Error::Milvus { code, message, .. }
        if *code == INDEX_NOT_FOUND || message.contains("index not found") || message.contains("index doesn't exist"))
}

/// Whether the error says that the collection is not in memory.
pub(crate) fn is_not_loaded(error: &Error) -> bool {
    matches!(error, Error::Milvus { code, message, .. }
        if *code == COLLECTION_NOT_LOADED || message.contains("not loaded"))
}

/// Whether the error says that the server gets more calls, rows or bytes than it is set up to take at once.
pub(crate) fn is_backpressure(error: &Error) -> bool {
    matches!(error, Error::Milvus { code: RATE_LIMITED | LEGACY_RATE_LIMITED, .. }) && !is_too_large(error)
}

/// Whether the error says that an expression cannot be parsed: the words of Milvus, and those of Milvus Lite 3 (code 6).
pub(crate) fn is_unparsable(error: &Error) -> bool {
    matches!(error, Error::Milvus { message, .. }
        if message.contains("cannot parse expression")
            || message.starts_with("unexpected token")
            || (message.starts_with("comparison ") && message.contains("incompatible types")))
}

/// Whether the error says that a segment does not have the values of a vector field.
pub(crate) fn is_without_raw_data(error: &Error) -> bool {
    matches!(error, Error::Milvus { message, .. } if message.contains("loss raw data"))
}

/// Whether the error says that an answer was larger than this client wanted it (`OUT_OF_RANGE`, of [`crate::wire`]).
pub(crate) fn is_over_limit(error: &Error) -> bool {
    matches!(error, Error::Milvus { code, .. } if *code == tonic::Code::OutOfRange as i32)
}

/// Whether the error says that a query asked for more rows than the server allows (`offset + limit`).
pub(crate) fn is_over_window(error: &Error) -> bool {
    matches!(error, Error::Milvus { message, .. } if message.contains("query result window"))
}

/// How many rows a query may ask for, where such an error says so: "should be in range [1, 500]".
pub(crate) fn stated_window(error: &Error) -> Option<usize> {
    let Error::Milvus { message, .. } = error else { return None };
    let range = message.split_once('[')?.1.split_once(']')?.0;
    range.rsplit_once(',')?.1.trim().parse().ok()
}

/// Whether the error says that a page was larger than the server or this client lets through.
pub(crate) fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Milvus { message, .. }
        if message.contains("exceed the limit size")
            || message.contains("maxOutputSize")
            || message.contains("message length too large")
            || message.contains("larger than max")
            || message.contains("exceeds the limit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_the_server_is_recognised_by_its_words() {
        for (code, message, limit) in [
            (
                102,
                "max number of collection has reached the limit in DB: exceeded the limit number of collections[limit=2]",
                ServerLimit::Collections,
            ),
            (65535, "partition number (3) exceeds max configuration (3), collection: a1", ServerLimit::Partitions),
            (
                1100,
                "Invalid collection name: nn. the length of a collection name must be less than 20 characters: invalid parameter",
                ServerLimit::NameLength,
            ),
            (
                65535,
                "Invalid partition name: nn. The length of a partition name must be less than 20 characters.",
                ServerLimit::NameLength,
            ),
            (
                1701,
                "Invalid field name: x. The length of a field name must be less than 20 characters.: field name invalid[field=x]",
                ServerLimit::NameLength,
            ),
            (65535, "maximum field's number should be limited to 64", ServerLimit::Fields),
            (65535, "maximum shards's number should be limited to 16", ServerLimit::Shards),
        ] {
            let error = limited(refused("CreateCollection", code, message.to_owned(), false));
            assert!(matches!(error, Error::ServerLimit { limit: found, .. } if found == limit), "{error}");
            assert!(error.hint().is_some());
        }
        let other = limited(refused("Query", 65535, "cannot parse expression".to_owned(), false));
        assert!(matches!(other, Error::Milvus { .. }));
    }
}
