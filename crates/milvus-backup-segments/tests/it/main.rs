//! The segment files of a real Milvus.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod damage;
mod directory;
