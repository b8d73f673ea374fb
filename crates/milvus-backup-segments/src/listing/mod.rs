//! The log files of a collection, as they lie in the storage of Milvus.

mod collect;
mod files;
mod path;

pub(crate) use collect::list_logs;
pub(crate) use files::{Listing, PartitionLogs, SegmentLogs};
