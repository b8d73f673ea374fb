//! The error of every operation: what failed, whether a retry can help, and what to do next.

mod hint;
mod kind;
mod limit;
#[cfg(test)]
mod tests;
mod variants;

pub use hint::Hint;
pub use kind::ErrorKind;
pub use limit::ServerLimit;
pub use variants::{Error, Result, Source};
