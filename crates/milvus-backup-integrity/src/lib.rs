//! Digests: over bytes and files ([`Hasher`], [`ChecksumCalculator`]) and over Arrow rows ([`RowDigest`]).
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow_array::{ArrayRef, Int64Array, RecordBatch};
//! use milvus_backup_core::ChecksumAlgorithm;
//! use milvus_backup_integrity::{ChecksumCalculator, RowDigest};
//!
//! let checksum = ChecksumCalculator::new(ChecksumAlgorithm::Sha256).calculate_data_checksum(b"abc");
//! assert!(checksum.starts_with("ba7816bf"));
//!
//! let batch = |ids: Vec<i64>| {
//!     RecordBatch::try_from_iter([("id", Arc::new(Int64Array::from(ids)) as ArrayRef)])
//! };
//! let mut one = RowDigest::default();
//! one.update(&batch(vec![1, 2, 3])?)?;
//! let mut other = RowDigest::default();
//! other.update(&batch(vec![3, 1])?)?;
//! other.update(&batch(vec![2])?)?;
//! assert_eq!(one, other);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! All of these digests detect accidents: a flipped bit, a lost row, a truncated file. None of them is keyed, so they
//! do not prevent anyone with write access from changing the data together with its digest.
//!
//! The crate needs no runtime. Calls that read files block; from an async task, wrap them in the runtime's function for
//! blocking calls (`tokio::task::spawn_blocking`), or pass an [`AsyncRead`](futures_io::AsyncRead) to
//! [`ChecksumCalculator::calculate_reader_checksum_async`].

#[cfg(target_endian = "big")]
compile_error!("row digests hash little-endian column buffers in place; big-endian targets are not supported");

mod calculator;
mod checksum;
mod core_error;
mod directory;
mod error;
mod file;
mod hasher;
mod reader;
mod rows;

pub use calculator::ChecksumCalculator;
pub use checksum::Checksum;
pub use error::{Error, Result};
pub use hasher::Hasher;
pub use rows::{ROW_DIGEST_VERSION, RowDigest, RowHasher};
