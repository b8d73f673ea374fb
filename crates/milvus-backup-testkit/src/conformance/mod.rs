//! The contracts of [`Catalog`](milvus_backup_core::Catalog), [`RowSource`](milvus_backup_core::RowSource) and
//! [`RowSink`](milvus_backup_core::RowSink) as checks that run against anything that implements them.
//!
//! The in-memory Milvus runs them in the tests of this crate, the real servers in the end-to-end tests: so the fake cannot
//! drift from what it stands for. Where servers differ, [`ServerModel`](crate::fakes::ServerModel) says what is expected, and
//! nothing is skipped: a server that lacks something is expected to refuse it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a check that does not hold fails the test")]
#![allow(clippy::missing_panics_doc, reason = "all of it panics when a check does not hold")]

mod checks;
mod expectations;
mod other_client;
mod subject;

pub mod catalog;
pub mod row_sink;
pub mod row_source;

pub use other_client::OtherClient;
pub use subject::Subject;
