//! Calls that failed: whose code it is, what it means, and the error that callers of this crate get.
//!
//! gRPC's codes, those of Milvus 2.3 and later, and the `ErrorCode` of Milvus before 2.3 are three spaces of numbers: 8 means a
//! resource that is exhausted, a rate limit, and an unknown type of index. So a refusal is classified where it comes in, once,
//! and everything else asks for its [`RefusalKind`].

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
