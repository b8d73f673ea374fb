//! What keeps a repository and a Milvus in order: retention, and what dead operations left.

mod orphans;
mod pins;
mod registration;
mod retention;
mod sets;
mod staging;

pub use orphans::{Orphan, OrphanKind, SAFETY_AGE};
pub use retention::RetentionPlan;
pub(crate) use staging::{STAGING_PREFIX, SwapState, protection_name, staging_name, swap_names};
