//! The command lines of the tool, as pure functions.

mod builder;
mod create;
mod invocation;
mod restore;

pub use builder::Commands;
pub use create::{BackupFormat, CreateOptions, Strategy};
pub use invocation::Invocation;
pub use restore::{RestoreOptions, RestoredCollection};
