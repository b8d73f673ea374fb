//! A Milvus in memory: collections, rows as Arrow batches, aliases, indexes and load states, with the refusals of the real
//! servers as `milvus-backup-client` returns them.

mod access;
mod capabilities;
mod catalog;
mod collection;
mod definitions;
#[cfg(feature = "double")]
mod double;
mod hooks;
mod importing;
mod indexes;
mod lag;
mod loading;
mod model;
mod naming;
mod presets;
mod reading;
pub(crate) mod refusals;
mod reports;
mod row_sink;
mod row_source;
mod rows;
mod scanning;
mod server;
mod session;
mod state;
mod validation;
mod values;
mod version;
mod versions;
mod view;
mod words;
mod writing;

#[cfg(feature = "double")]
pub use double::{Double, Fault, Place, Replication, SeenCall, SeenRead, ValidityPlace};
pub use lag::Lag;
pub use model::{
    Copies, Family, Indexing, Limits, Loading, Marks, Naming, ReadPoints, Repetition, RowRules, ServerModel, Statistics,
};
pub use server::InMemoryMilvus;
pub use version::Version;
