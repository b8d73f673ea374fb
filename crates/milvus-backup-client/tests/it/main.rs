//! The client against doubles of servers that cannot run here: they speak the protocol, in process.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod conformance;
mod doubles;
mod findings;
mod fixture;
