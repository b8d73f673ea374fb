//! Columns of float vectors as Parquet pages, without processing single elements.
//!
//! In a page of vectors of one dimension without NULLs, the repetition levels are the same for every row, and the
//! definition levels the same for every element. Therefore both are written as a few runs (Parquet format, "RLE /
//! Bit-Packing Hybrid"), and the values as their bytes (encoding `PLAIN`). The result is a regular column that any
//! writer could produce, at a lower cost. On reading, the levels are compared with those runs, byte by byte.

mod levels;
mod page;
mod read;
mod write;

pub(crate) use read::{VectorBatches, read_vectors};
pub(crate) use write::VectorColumn;
