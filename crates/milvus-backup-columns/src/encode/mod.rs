//! The conversion of Arrow arrays to the columns of an insert.
//!
//! NULLs are sent as a validity flag per row and the values of the valid rows only, as Milvus' own clients do.

mod columns;
mod field;
mod scalars;
mod structs;
mod vectors;

pub use columns::encode_columns;
