//! The contract of [`Catalog`](milvus_backup_core::Catalog).

mod aliases;
mod collections;
mod indexes;
mod loading;
mod partitions;
mod pins;
mod renames;
mod suite;

pub use suite::run;
