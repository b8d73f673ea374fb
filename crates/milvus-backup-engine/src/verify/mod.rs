//! Verification: the files of a backup are compared with their digests, and its rows with those of collections.

mod any_content;
mod compare;
mod deep;
mod files;
mod live;
mod physical;
mod restored;
mod scans;

pub use compare::{RowComparison, compare_rows};
pub(crate) use deep::VERIFICATION_PREFIX;
pub(crate) use physical::is_physical;
