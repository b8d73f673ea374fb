//! Faults around a Milvus.

mod catalog;
mod row_sink;
mod row_source;
mod session;
mod wrapper;

pub use wrapper::FaultyMilvus;
