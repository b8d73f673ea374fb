//! The output of the tool.
//!
//! Up to 0.5 the banner, a line that names a configuration file, log lines and the result all go to standard output.
//! Therefore parsers search for the result in the surrounding text.

mod brief;
mod list;

pub use brief::{BackupBrief, CollectionBrief, IndexBrief};
pub use list::BackupList;
