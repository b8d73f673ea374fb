//! Several collections of a server at once: which ones, their backups as a set, and the restore of a set.

mod announced;
mod choose;
mod concurrent;
mod create;
mod databases;
mod mapping;
mod memory;
mod pattern;
mod restore;
mod selection;
mod wildcards;

pub use choose::Chosen;
pub use create::{SetCreation, SetOutcome};
pub use databases::{Databases, Instance};
pub use mapping::NameMapping;
pub(crate) use memory::{MemoryPool, MemoryShare};
pub use pattern::CollectionPattern;
pub use restore::{MemberRestore, SetRestoration};
pub use selection::Selection;
