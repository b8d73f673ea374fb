//! What a failed invocation of the tool means.

mod cause;
mod clean;
mod texts;

pub(crate) use cause::FailureContext;
