//! Verification: the files of a backup are compared with their digests, and its rows with those of collections.

mod compare;
mod deep;
mod files;
mod live;
mod restored;
mod scans;

pub use compare::{RowComparison, compare_rows};
pub(crate) use deep::VERIFICATION_PREFIX;
