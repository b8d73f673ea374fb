use milvus_backup_core::{Error, ErrorKind, ServerLimit};
use tonic::{Code, Status};

use super::*;

const CONTEXT: Context<'_> = Context { call: "Query", uri: "http://localhost:19530", database: "shop" };

fn grpc(code: i32, message: &str) -> Refusal {
    Refusal::Grpc(Status::new(Code::from_i32(code), message))
}

fn milvus(code: i32, reason: &str) -> Refusal {
    Refusal::Milvus { code, reason: reason.to_owned(), retriable: false }
}

fn legacy(code: i32, reason: &str) -> Refusal {
    Refusal::Legacy { code, reason: reason.to_owned() }
}

#[test]
fn one_number_means_three_things() {
    use RefusalKind::{
        CollectionNotFound, NotAuthenticated, NotLoaded, NotPermitted, Other, OverLimit, RateLimited, Transient,
        Unreachable, Unsupported,
    };

    for (code, in_grpc, in_milvus, in_legacy) in [
        (1, Transient, Other, Other),
        (3, Other, Other, NotPermitted),
        (4, Transient, Other, CollectionNotFound),
        (7, NotPermitted, Other, Other),
        // RESOURCE_EXHAUSTED, a rate limit, IllegalIndexType.
        (8, RateLimited, RateLimited, Other),
        (10, Transient, Other, Other),
        // OUT_OF_RANGE, no known code, IllegalRowRecord.
        (11, OverLimit, Other, Other),
        (12, Unsupported, Other, Other),
        (14, Unreachable, Other, Other),
        (16, NotAuthenticated, Other, Other),
        (28, Other, Other, CollectionNotFound),
        (49, Other, Other, RateLimited),
        // DataCoordNa of old servers.
        (100, Other, CollectionNotFound, Other),
        (101, Other, NotLoaded, Other),
    ] {
        let kinds = [grpc(code, "no"), milvus(code, "no"), legacy(code, "no")].map(|refusal| refusal.kind());
        assert_eq!(kinds, [in_grpc, in_milvus, in_legacy], "{code}");
    }
}

/// Messages and codes as they were observed on the servers.
#[test]
fn measured_refusals_are_recognised() {
    use RefusalKind::{
        CollectionNotFound, IndexNotFound, NotLoaded, Other, PartitionNotFound, RateLimited, TooLarge, Unparsable,
    };

    for (code, reason, kind) in [
        (100, "can't find collection collection not found[database=default][collection=nope]", CollectionNotFound),
        (100, "collection 'nope' does not exist", CollectionNotFound),
        (65535, "can't find collection: nope", CollectionNotFound),
        (101, "failed to query: collection not loaded[collection=470766335973392862]", NotLoaded),
        (101, "Collection 'q2' is in state 'released'; call load() before search/get/query", NotLoaded),
        (201, "partition not loaded[partition=470766335973393133]", NotLoaded),
        (
            65535,
            "fail to Query, QueryNode ID = 1, reason=partition not loaded[partition=[470766335973393133]]",
            NotLoaded,
        ),
        (200, "partition not found[partition=nope]", PartitionNotFound),
        (65535, "partition name nope not found", Other),
        (700, "index not found[collection=q7]", IndexNotFound),
        (700, "no index on collection 'q7'", IndexNotFound),
        (65535, "index cannot be dropped, collection is loaded, please release it first", Other),
        (65535, "cannot parse expression: like > 1, error: line 1:0 mismatched input 'like'", Unparsable),
        (6, "unexpected token 'like' at column 1", Unparsable),
        (6, "comparison '>=' between incompatible types at column 6", Unparsable),
        (65535, "query results exceed the limit size", TooLarge),
        (
            8,
            "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded[rate=10]",
            RateLimited,
        ),
        (9, "quota exceeded[reason=access has been deactivated by the administrator]", Other),
    ] {
        assert_eq!(milvus(code, reason).kind(), kind, "{code} {reason}");
    }
    let large = grpc(8, "grpc: received message larger than max (77294374 vs. 67108864)");
    assert_eq!(large.kind(), TooLarge, "gRPC has one code for calls that are too many and too large");
    let unread = grpc(11, "message length too large: 9 bytes, of 8 that are read");
    assert_eq!(unread.kind(), RefusalKind::OverLimit);
    assert_eq!(legacy(4, "partition p1 of collection a does not exist").kind(), PartitionNotFound);
    assert_eq!(milvus(1, "database 'shop' does not exist").kind(), RefusalKind::DatabaseNotFound);
}

/// Each kind determines whether a call is retried, and whether by the rate limiter, which does not count attempts.
#[test]
fn each_kind_decides_whether_it_is_tried_again() {
    for (refusal, tried_again) in [
        (grpc(8, "too many calls"), true),
        (milvus(8, "rate limit exceeded"), true),
        (legacy(49, "rate limit exceeded"), true),
        (legacy(8, "illegal index type"), false),
        (grpc(10, "aborted"), true),
        (grpc(1, "cancelled"), true),
        (grpc(4, "deadline exceeded"), true),
        (grpc(14, "connection refused"), true),
        (grpc(11, "message length too large"), false),
        (grpc(3, "invalid"), false),
        (grpc(7, "PrivilegeQuery: permission deny to alice"), false),
        (grpc(12, "unknown method"), false),
        (grpc(16, "auth check failure"), false),
        (milvus(100, "collection not found"), false),
        (milvus(101, "collection not loaded"), false),
        (milvus(65535, "something"), false),
        (Refusal::Milvus { code: 65535, reason: "something".to_owned(), retriable: true }, true),
        (Refusal::Milvus { code: 101, reason: "collection not loaded".to_owned(), retriable: true }, true),
    ] {
        let (kind, what) = (refusal.kind(), format!("{refusal:?}"));
        let failure = Failure::new(CONTEXT, refusal);
        assert_eq!(failure.retryable(), tried_again, "{what}");
        assert!(failure.is(kind), "{what}");
        assert_eq!(Error::from(failure).retryable(), tried_again, "{what}");
    }
    let forgotten = Failure::new(CONTEXT, milvus(200, "p1"));
    assert!(!forgotten.retryable());
    let forgotten = forgotten.transient();
    assert!(forgotten.retryable() && forgotten.is(RefusalKind::PartitionNotFound));
}

#[test]
fn each_kind_becomes_the_error_that_callers_know() {
    let error = |refusal| Error::from(Failure::new(CONTEXT, refusal));
    for (refusal, kind) in [
        (grpc(16, "auth check failure"), ErrorKind::Authentication),
        (milvus(1400, "not authenticated"), ErrorKind::Authentication),
        (grpc(7, "PrivilegeQuery: permission deny to alice"), ErrorKind::Authentication),
        (milvus(1401, "PrivilegeQuery: permission deny to alice"), ErrorKind::Authentication),
        (milvus(800, "database not found"), ErrorKind::NotFound),
        (grpc(12, "unknown method"), ErrorKind::Unsupported),
        (grpc(14, "connection refused"), ErrorKind::Unreachable),
        (grpc(13, "grpc-status header missing, mapped from HTTP status code 200"), ErrorKind::Unreachable),
        (milvus(65535, "something"), ErrorKind::Failed),
    ] {
        let what = format!("{refusal:?}");
        assert_eq!(error(refusal).kind(), kind, "{what}");
    }
    assert!(matches!(error(milvus(800, "")), Error::DatabaseNotFound { database } if database == "shop"));
    let denied = error(milvus(1401, "PrivilegeQuery: permission deny to alice"));
    assert!(matches!(denied, Error::PermissionDenied { privileges, .. } if privileges == ["Query"]));
    let refused = error(legacy(8, "illegal index type"));
    assert_eq!(refused.to_string(), "Milvus refused Query: illegal index type (code 8)");
}

#[test]
fn a_limit_of_the_server_is_recognised_by_its_words() {
    let name =
        |what: &str| format!("Invalid {what} name: nn. the length of a {what} name must be less than 20 characters");
    for (code, message, limit) in [
        (
            102,
            "max number of collection has reached the limit in DB: exceeded the limit number of collections[limit=2]"
                .to_owned(),
            ServerLimit::Collections,
        ),
        (
            65535,
            "partition number (3) exceeds max configuration (3), collection: a1".to_owned(),
            ServerLimit::Partitions,
        ),
        (1100, format!("{}: invalid parameter", name("collection")), ServerLimit::NameLength),
        (65535, format!("{}.", name("partition")), ServerLimit::NameLength),
        (1701, format!("{}.: field name invalid[field=x]", name("field")), ServerLimit::NameLength),
        (65535, "maximum field's number should be limited to 64".to_owned(), ServerLimit::Fields),
        (65535, "maximum shards's number should be limited to 16".to_owned(), ServerLimit::Shards),
    ] {
        let error = Error::from(Failure::new(CONTEXT, milvus(code, &message)));
        assert!(matches!(error, Error::ServerLimit { limit: found, .. } if found == limit), "{error}");
        assert!(error.hint().is_some());
    }
}
