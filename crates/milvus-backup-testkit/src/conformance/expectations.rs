//! Comparisons of what a server answered with what is expected of it.

use std::fmt::Debug;

use milvus_backup_core::{Error, Result};

/// The value, where there is one.
#[track_caller]
pub(super) fn done<T>(answer: Result<T>) -> T {
    match answer {
        Ok(value) => value,
        Err(error) => panic!("refused: {}", error.full_message()),
    }
}

/// The answer is this refusal: the same variant, and of a refusal of the server the same call and code.
#[track_caller]
pub(super) fn refused_as<T: Debug>(answer: Result<T>, expected: &Error) {
    let error = match answer {
        Err(error) => error,
        Ok(value) => panic!("{value:?} instead of a refusal: {expected}"),
    };
    assert_eq!(essence(&error), essence(expected), "{error} instead of {expected}");
}

/// The server does not have this call.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "an answer is handed over as it comes")]
pub(super) fn unsupported<T: Debug>(answer: Result<T>) {
    assert!(matches!(answer, Err(Error::Unsupported { .. })), "{answer:?} instead of a call that does not exist");
}

/// The server refuses it, for whatever reason, and for good.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "an answer is handed over as it comes")]
pub(super) fn refused<T: Debug>(answer: Result<T>) {
    let is_refusal =
        matches!(answer, Err(Error::Milvus { retryable: false, .. } | Error::Refused { .. } | Error::Protocol { .. }));
    assert!(is_refusal, "{answer:?} instead of a refusal");
}

/// It succeeds where it is expected to, and is refused otherwise.
#[track_caller]
pub(super) fn done_if<T: Debug>(expected: bool, answer: Result<T>) {
    if expected { drop(done(answer)) } else { refused(answer) }
}

/// What callers decide by.
fn essence(error: &Error) -> String {
    match error {
        Error::Milvus { call, code, retryable, .. } => format!("Milvus {call} {code} {retryable}"),
        Error::CollectionNotFound { collection, database, .. } => format!("no {collection} in {database}"),
        Error::ServerLimit { limit, .. } => format!("limit {limit:?}"),
        Error::Refused { hint, .. } => format!("refused {hint:?}"),
        Error::Unsupported { .. } => "unsupported".to_owned(),
        Error::Protocol { .. } => "protocol".to_owned(),
        other => format!("{other:?}"),
    }
}
