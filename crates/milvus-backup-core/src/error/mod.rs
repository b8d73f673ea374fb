//! The error of every operation: the failure, whether a retry can help, and the next step.

mod hint;
mod kind;
mod limit;
mod message;
#[cfg(test)]
mod tests;
mod variants;

pub use hint::Hint;
pub use kind::ErrorKind;
pub use limit::ServerLimit;
pub use variants::{Error, Result, Source};
