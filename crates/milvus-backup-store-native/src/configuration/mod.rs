//! The configuration of the tool: what it is told about Milvus and about both storages.

mod document;
mod settings;
#[cfg(test)]
mod tests;
mod v1;
mod v2;

pub(crate) use document::{Paths, document};
pub use settings::{MilvusServer, ServerTls, ToolSettings};
