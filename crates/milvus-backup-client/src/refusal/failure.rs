//! A failed call within this crate: its meaning, and the error that it becomes.

use std::fmt;

use milvus_backup_core::Error;

use super::classify::Refusal;
use super::kind::RefusalKind;
use super::permission::{merged, permission_denied};

/// The result of a call whose failure is yet to be examined. `?` converts it to an error of core.
pub(crate) type CallResult<T> = Result<T, Failure>;

/// A call that failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call was rejected, or received no response.
    Refused {
        /// The meaning of the refusal.
        kind: RefusalKind,
        /// The error that is returned to callers of this crate.
        error: Error,
    },
    /// Another failure: the response is invalid, or the request cannot be built.
    Other(Error),
}

/// The context of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The name of the call.
    pub(crate) call: &'a str,
    /// The address, without credentials.
    pub(crate) uri: &'a str,
    /// The database of the connection.
    pub(crate) database: &'a str,
}

impl Failure {
    /// Classifies the refusal of a call.
    pub(crate) fn new(context: Context<'_>, refusal: Refusal) -> Self {
        let kind = refusal.kind();
        Self::Refused { kind, error: error_of(context, kind, refusal) }
    }

    /// Returns whether the call was rejected for this reason.
    pub(crate) fn is(&self, wanted: RefusalKind) -> bool {
        self.kind() == Some(wanted)
    }

    /// Returns whether a message was too large for the server or for this client.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(self.kind(), Some(RefusalKind::TooLarge | RefusalKind::OverLimit))
    }

    /// Returns whether the server rejected this particular request, and not the user, the database, or all calls of its
    /// kind.
    pub(crate) fn is_of_the_request(&self) -> bool {
        self.kind().is_some_and(RefusalKind::is_of_the_request)
    }

    /// Returns whether the server rejected a parameter of the call (`ErrParameterInvalid` of Milvus' errors).
    pub(crate) fn is_of_a_parameter(&self) -> bool {
        matches!(self, Self::Refused { error: Error::Milvus { code: 1100, .. }, .. })
    }

    /// Returns whether the server does not support the call, or does not permit it to this user.
    pub(crate) fn is_not_offered(&self) -> bool {
        matches!(self.kind(), Some(RefusalKind::Unsupported | RefusalKind::NotPermitted))
    }

    /// Returns the meaning of a refusal; `None` for any other failure.
    pub(crate) fn kind(&self) -> Option<RefusalKind> {
        match self {
            Self::Refused { kind, .. } => Some(*kind),
            Self::Other(_) => None,
        }
    }

    /// Returns whether the same call may succeed later.
    pub(crate) fn retryable(&self) -> bool {
        match self {
            Self::Refused { error, .. } | Self::Other(error) => error.retryable(),
        }
    }

    /// Joins two refusals for lack of a privilege into one.
    pub(crate) fn joined(self, other: Self) -> Self {
        let kind = RefusalKind::NotPermitted;
        Self::Refused { kind, error: merged(self.into(), other.into()) }
    }

    /// Returns the same failure as a transient one, although the server does not report it as such.
    pub(crate) fn transient(self) -> Self {
        match self {
            Self::Refused { kind, error: Error::Milvus { call, code, message, .. } } => {
                Self::Refused { kind, error: Error::Milvus { call, code, message, retryable: true } }
            }
            other => other,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { error, .. } | Self::Other(error) => error.fmt(f),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { error, .. } | Failure::Other(error) => error,
        }
    }
}

/// Returns the error of core for a refusal.
fn error_of(context: Context<'_>, kind: RefusalKind, refusal: Refusal) -> Error {
    let Context { call, database, .. } = context;
    let (uri, message) = (context.uri.to_owned(), refusal.reason().to_owned());
    match kind {
        RefusalKind::NotAuthenticated => Error::Authentication { uri, message },
        RefusalKind::NotPermitted => permission_denied(context.uri, call, message),
        RefusalKind::DatabaseNotFound => Error::DatabaseNotFound { database: database.to_owned() },
        RefusalKind::ServerLimit(limit) => Error::ServerLimit { limit, message },
        RefusalKind::Unsupported => Error::Unsupported { what: format!("{call} on this server ({message})") },
        RefusalKind::NotMilvus => Error::NotMilvus { uri, source: refusal.why_not_milvus().into() },
        RefusalKind::Unreachable => Error::Unreachable { uri, source: refusal.into_source() },
        _ => Error::Milvus { call: call.to_owned(), code: refusal.code(), retryable: refusal.may_pass(), message },
    }
}
