//! Random schemas with random rows, written and read through the raw protocol by a client that shares nothing with
//! the one under test: what the server returns for the restored collection is, bit for bit, what it returned for
//! the original.
//!
//! `MILVUS_BR_TEST_SCHEMAS` sets the number of schemas of each server, 3 by default. A failure is shrunk, and its
//! seed is kept in `proptest-regressions`, which is tried first from then on.

mod collection;
mod importing;
mod raw;
mod survival;
mod types;
