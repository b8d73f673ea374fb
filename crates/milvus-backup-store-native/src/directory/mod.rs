//! The directory that the tool writes for a backup: its metadata and its log files.

mod logs;
mod meta;
mod tool_directory;

pub(crate) use logs::segment_of_log;
pub use tool_directory::ToolDirectory;
pub(crate) use tool_directory::tool_path;
