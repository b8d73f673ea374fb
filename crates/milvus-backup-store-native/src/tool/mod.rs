//! The executable of the tool: its path, its version, and the features of that version.

mod environment;
mod executable;
mod features;
mod find;
mod run;
mod version;

pub use environment::child_environment;
pub use executable::Tool;
pub use features::Features;
pub use find::EXECUTABLE;
pub use version::ToolVersion;
