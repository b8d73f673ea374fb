//! What the tool prints.
//!
//! Up to 0.5 the banner, a line that names a configuration file, log lines and the answer all go to standard output. So
//! parsers look for the answer in the text around it.

mod brief;
mod list;

pub use brief::{BackupBrief, CollectionBrief, IndexBrief};
pub use list::BackupList;
