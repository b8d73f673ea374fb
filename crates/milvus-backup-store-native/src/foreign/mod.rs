//! Backups that the tool made without this program.

mod tool_root;

pub use tool_root::ToolRoot;
