//! The order of steps of every operation, over a Milvus and an object store in memory: what a real server cannot be made to
//! do at a chosen moment.

#![expect(clippy::disallowed_methods, reason = "a test that would hang is ended")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod archive;
mod copy;
mod counting;
mod create;
mod deletion;
mod differences;
mod each_call;
mod environment;
mod finding;
mod frozen_source;
mod instance;
mod leases;
mod limits;
mod live;
mod loading;
mod orphans;
mod physical;
mod program;
mod protection;
mod restore;
mod resume;
mod round_trip;
mod schedule;
mod segments;
mod store_calls;
mod targets;
mod verify;
mod world;
