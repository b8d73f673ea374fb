//! Milvus' own segment files as a source of rows: exact at one moment, without loading the collection.
//!
//! Milvus keeps the rows of a collection in its object storage as segments: insert logs with one file per field, and
//! delete logs. Each row and each delete has a timestamp, so that the rows of any moment can be read from them.
//!
//! [`FrozenSegments`] names the log files that have all rows of a moment, and a [`LogStore`] reads them. From both,
//! [`SegmentRows`] determines the visible rows, and reads them as Arrow batches by the conventions of
//! `milvus_backup_columns`:
//!
//! ```
//! use std::ops::Range;
//! use std::sync::Arc;
//!
//! use milvus_backup_core::Result;
//! use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
//! use milvus_backup_segments::{FrozenPartition, FrozenSegments, LogFile, LogStore, SegmentRows, SegmentRowsOptions};
//!
//! /// Reads log files of a directory.
//! #[derive(Debug)]
//! struct Logs(std::path::PathBuf);
//!
//! #[async_trait::async_trait]
//! impl LogStore for Logs {
//!     async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<bytes::Bytes> {
//!         # let failed = |source: std::io::Error| milvus_backup_core::Error::Configuration {
//!         #     role: "log".to_owned(), path: file.path.clone(), source: source.into() };
//!         let bytes = std::fs::read(self.0.join(&file.path)).map_err(failed)?;
//!         Ok(bytes::Bytes::from(bytes).slice(range.start as usize..range.end as usize))
//!     }
//! }
//!
//! # fn main() -> Result<()> {
//! # futures::executor::block_on(async {
//! let mut key = FieldSchema::new("id", DataType::Int64);
//! key.is_primary = true;
//! let schema = Arc::new(CollectionSchema::new(vec![key]));
//! let frozen = FrozenSegments {
//!     read_point: 450_000_000_000_000_000,
//!     partitions: vec![FrozenPartition { name: "_default".to_owned(), ..FrozenPartition::default() }],
//!     ..FrozenSegments::default()
//! };
//!
//! let options = SegmentRowsOptions { memory_limit_bytes: 64 << 20, seed: 0x5eed };
//! let logs = Arc::new(Logs("/var/lib/milvus/data".into()));
//! let rows = SegmentRows::prepare(schema, Arc::new(frozen), logs, options).await?;
//! assert_eq!(rows.visible_rows("_default"), 0);
//! assert!(rows.units("_default").is_empty());
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Files that are read
//!
//! | storage | insert logs | delete logs |
//! |---|---|---|
//! | v1 (Milvus 2.0 to 2.5) | one file per field: a header, see [`log_header`], and a Parquet file | texts, or two columns |
//! | v2 (Milvus 2.6) | one Parquet file per column group, columns by the ids of their fields | two columns |
//!
//! The first bytes of each file decide. Recognised and refused by name are manifests of storage v3, Vortex files,
//! encrypted logs, and fields of the types `Text`, `Geometry`, `Timestamptz`, of arrays of structs, and of those that
//! came after Milvus 3.0. Outputs of functions are stored and not read.
//!
//! # Damage
//!
//! The first damaged byte that matters ends the scan with an error that names its file. Milvus writes pages of storage v1
//! with a checksum of their contents; without one, as in storage v2, changed values cannot be found out.

mod descriptors;
mod directory_logs;
mod error;
#[cfg(test)]
mod fixtures;
mod freeze;
mod frozen;
mod listing;
mod log;
mod pin;
mod preflight;
mod rows;
mod session;
mod source;

pub use directory_logs::DirectoryLogs;
pub use frozen::{FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup, LogStore};
pub use log::{LogHeader, log_header};
pub use preflight::require_segments;
pub use rows::{SegmentRows, SegmentRowsOptions};
pub use session::scan_frozen;
pub use source::SegmentSource;
