//! What keeps a repository and a Milvus in order: retention, and what dead operations left.

mod leftovers;
mod notes;
mod retention;
mod staging;

pub use leftovers::{Leftover, LeftoverKind, SAFETY_AGE};
pub use retention::RetentionPlan;
pub(crate) use staging::{Exchange, exchange_names, staging_name};
