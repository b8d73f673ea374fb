//! The contract of [`RowSink`](milvus_backup_core::RowSink).

mod auto_id;
mod imports;
mod inserts;
mod partitions;
mod storage;
mod suite;

pub use suite::run;
