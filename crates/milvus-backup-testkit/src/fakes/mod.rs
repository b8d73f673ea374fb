//! Stand-ins for what real parts cannot be made to show: an in-memory Milvus, a server of its protocol, and faults at a
//! chosen call.
//!
//! The in-memory Milvus (feature `fakes`) behaves as the servers were measured to, and the suites of `conformance` hold it
//! and the real servers to the same checks. Faults go around any Milvus, and around any object store (feature
//! `object-store`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a stand-in that is misused fails the test")]
#![allow(clippy::missing_panics_doc, reason = "all of it panics when a test misuses it")]

pub mod faults;
#[cfg(feature = "fakes")]
pub(crate) mod milvus;
#[cfg(feature = "fakes")]
pub mod samples;

#[cfg(feature = "fakes")]
pub use milvus::{
    Copies, Family, InMemoryMilvus, Indexing, Lag, Limits, Loading, Marks, Naming, ReadPoints, Repetition, RowRules,
    ServerModel, Statistics, Version,
};
#[cfg(feature = "double")]
pub use milvus::{Double, Fault, Place, Replication, SeenCall, SeenRead, ValidityPlace};
