//! The log files of a collection, as they lie in the storage of Milvus.

mod collect;
mod files;
mod path;

pub(crate) use collect::list_logs;
#[cfg(test)]
pub(crate) use collect::listing_of;
pub(crate) use files::{EVERY_PARTITION, Listing, SegmentLogs};
