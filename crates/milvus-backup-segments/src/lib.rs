//! Milvus' own segment files as a source of rows: exact at one moment, without loading the collection.
//!
//! Milvus keeps the rows of a collection in its object storage as segments: insert logs with one file per field, and
//! delete logs. Each row and each delete has a timestamp, so that the rows of any moment can be read from them.
//!
//! ```
//! use milvus_backup_segments::{FrozenSegments, LogFile};
//!
//! let frozen = FrozenSegments { read_point: 450_000_000_000_000_000, ..FrozenSegments::default() };
//! assert!(frozen.partitions.is_empty());
//! # let _ = LogFile { path: "insert_log/1/2/3/100/4".to_owned(), size_bytes: 1, version: None };
//! ```

mod descriptors;
mod error;
mod freeze;
mod frozen;
mod listing;
mod log;
mod pin;
mod preflight;
mod rows;
mod session;
mod source;

pub use frozen::{FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup, LogStore};
pub use log::{LogHeader, log_header};
pub use rows::{SegmentRows, SegmentRowsOptions};
pub use source::SegmentSource;
