//! A stand-in for the milvus-backup tool, which cannot be installed from a registry.
//!
//! It behaves as version 0.5.16 was measured to on Milvus 2.3.5 with a local storage: exit codes, texts, files and metadata,
//! from the server's own log files. A test that runs wherever the tool itself is compares the two, file by file and key by
//! key.

mod arguments;
mod configuration;
mod copied;
mod create;
mod fault;
mod help;
mod meta;
mod restore;
mod run;
mod server;

pub use fault::ToolFault;
pub use run::run;
