//! An order-independent digest over Arrow rows.
//!
//! Must always hold: equal multisets of rows have equal digests, regardless of how the rows are ordered, split into
//! batches, sliced, encoded as one of several equivalent Arrow types, or padded under NULLs. `specification.md` beside
//! this file is the specification; its text on version 1 never changes.

mod digest;
mod hasher;
mod leaf;
mod list;
mod seed;
mod sink;
mod value;

pub use digest::{ROW_DIGEST_VERSION, RowDigest};
pub use hasher::RowHasher;
