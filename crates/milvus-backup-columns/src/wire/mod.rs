//! Columns as they are on the wire.

mod column;
mod float_bytes;
mod generated;

pub use column::WireColumn;
