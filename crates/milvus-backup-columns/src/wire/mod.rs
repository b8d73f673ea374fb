//! The wire format of columns.

mod column;
mod float_bytes;
mod generated;

pub use column::WireColumn;
