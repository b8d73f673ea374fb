//! A server of Milvus' protocol, in process: the in-memory Milvus behind the generated service of the SDK.
//!
//! What it answers follows the protocol definitions, release notes, documentation and issues of Milvus, each named where it
//! is used; what no source says is as the servers were measured that can run here.

#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the answers of all calls have one form")]

mod aliases;
mod answers;
mod call;
mod collections;
mod columns;
mod controls;
mod databases;
mod definition;
mod describing;
mod expression;
mod extent;
mod faults;
mod filters;
mod imports;
mod indexes;
mod inserting;
mod journal;
mod literals;
mod loading;
mod partitions;
mod places;
mod properties;
mod protocol_losses;
mod querying;
mod questions;
mod raw;
mod refusal;
mod replication;
mod server;
mod service;
mod settings;
mod snapshots;
mod storage;
mod tampering;
mod validity;

pub use faults::Fault;
pub use journal::{SeenCall, SeenRead};
pub use places::Place;
pub use server::Double;
pub use settings::{Replication, ValidityPlace};
