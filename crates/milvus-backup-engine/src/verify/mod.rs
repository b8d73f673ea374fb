//! Verification: a backup compared with what it recorded of itself, and its rows with those of collections.

mod compare;
mod deep;
mod files;
mod live;
mod restored;
mod scans;

pub use compare::{RowComparison, compare_rows};
pub(crate) use deep::VERIFICATION_PREFIX;
