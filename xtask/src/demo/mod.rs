//! `cargo xtask demo`: a real collection of Milvus, backed up and restored by the real command, and compared by pymilvus.
//!
//! It ends with an error when a single row, vector, hit or exit code is not as it must be.

mod damage;
mod parts;
mod place;
mod product;
mod questions;
mod run;
mod words;

pub(crate) use run::run;
