//! The conversion of columns of Milvus' protocol to Arrow.

mod columns;
mod field;
mod structs;

pub use columns::decode_columns;
