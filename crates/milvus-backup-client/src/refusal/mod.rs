//! Failed calls: their code spaces, their meaning, and the errors that callers of this crate get.
//!
//! The codes of gRPC, those of Milvus 2.3 and later, and the `ErrorCode` of Milvus before 2.3 are three code spaces: 8
//! means an exhausted resource, a rate limit, or an unknown type of index. Therefore a refusal is classified once,
//! where it is received, and all other code uses its [`RefusalKind`].

mod classify;
mod failure;
mod kind;
mod permission;
#[cfg(test)]
mod tests;
mod texts;
mod transport_failure;

pub(crate) use classify::Refusal;
pub(crate) use failure::{CallResult, Context, Failure};
pub(crate) use kind::RefusalKind;
pub(crate) use permission::merged;
