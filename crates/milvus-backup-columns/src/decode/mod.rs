//! The conversion of columns of Milvus' protocol to Arrow.

mod columns;
mod field;
mod flags;
mod structs;

pub use columns::decode_columns;
