//! The contract of [`RowSource`](milvus_backup_core::RowSource).

mod counts;
mod loaded;
mod order;
mod reserved;
mod scans;
mod splits;
mod suite;
mod units;

pub use suite::run;
